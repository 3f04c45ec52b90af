"""Returns the requests that boto3 would send to Bedrock's Converse, without sending them. A question is a call; its
answer is the request.

In: endpoint, region, accessKey, secretKey, modelId, text, stream. Out: method, target (path and query as on the wire),
headers [[name, value]], body (base64).
"""

import base64

import boto3
import peer
from botocore.config import Config

clients = {}


class Captured(Exception):
    def __init__(self, request):
        self.request = request


def capture(request, **_):
    raise Captured(request)


def client(given):
    key = (given["endpoint"], given["region"])
    if key not in clients:
        made = boto3.client(
            "bedrock-runtime",
            endpoint_url=given["endpoint"],
            region_name=given["region"],
            aws_access_key_id=given["accessKey"],
            aws_secret_access_key=given["secretKey"],
            config=Config(retries={"max_attempts": 0}),
        )
        made.meta.events.register("before-send.bedrock-runtime", capture)
        clients[key] = made
    return clients[key]


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def sent(given):
    call = client(given).converse_stream if given["stream"] else client(given).converse
    try:
        call(modelId=given["modelId"], messages=[{"role": "user", "content": [{"text": given["text"]}]}])
    except Captured as captured:
        request = captured.request
    scheme, _, rest = request.url.partition("://")
    authority, slash, target = rest.partition("/")
    headers = [[text(name), text(value)] for name, value in request.headers.items()]
    # The HTTP client adds the Host header after the request is signed.
    if not any(name.lower() == "host" for name, _ in headers):
        headers.append(["Host", authority])
    body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
    return {
        "method": request.method,
        "target": slash + target,
        "headers": headers,
        "body": base64.b64encode(body).decode(),
    }


# One at a time, because creating a boto3 client is not thread-safe.
peer.serve(sent, at_once=1)
