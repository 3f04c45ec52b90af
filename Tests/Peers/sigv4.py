"""Signs requests with botocore: a question is a request; its answer is the signature.

In: method, url, headers [[name, value]], body (base64), timestamp (20150830T123600Z), region, service, token or null,
isS3. Out: canonicalRequest, stringToSign, authorization.
"""

import base64
import peer
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def sign(given):
    request = AWSRequest(method=given["method"], url=given["url"], data=base64.b64decode(given["body"]))
    for name, value in given["headers"]:
        request.headers[name] = value
    request.headers["X-Amz-Date"] = given["timestamp"]
    if given["token"]:
        request.headers["X-Amz-Security-Token"] = given["token"]
    request.context["timestamp"] = given["timestamp"]
    # Over a secure connection, botocore could omit the body from the signature for S3.
    request.context["payload_signing_enabled"] = True
    kind = S3SigV4Auth if given["isS3"] else SigV4Auth
    credentials = Credentials(given["accessKey"], given["secretKey"], given["token"])
    signer = kind(credentials, given["service"], given["region"])
    canonical = signer.canonical_request(request)
    to_sign = signer.string_to_sign(request, canonical)
    signer._inject_signature_to_request(request, signer.signature(to_sign, request))
    return {
        "canonicalRequest": canonical,
        "stringToSign": to_sign,
        "authorization": request.headers["Authorization"],
    }


peer.serve(sign)
