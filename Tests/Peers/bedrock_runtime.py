"""Bedrock's Converse and ConverseStream for tests: it checks each request's signature with botocore, then does what the
request's first message says.

Its first line is {"port": N}. A question is a session token; its answer is the list of requests with this token since the last
question about it: [[method, path, headers {name: value}, body]].

A document `{"answer": {...}}` in the text of the first message sets the response: `status`, `headers` and `body` for a plain
response, or `events`, a list of [message type, type, payload], with `damage` (the number of the event whose last byte is wrong)
and `cut` (the number of bytes omitted at the end). Without such a document, the text is returned.
"""

import base64
import binascii
import collections
import json
import struct
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import peer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SECRETS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "AKIDNEW": "new/secret"}
seen = collections.defaultdict(list)


class GivenDate(SigV4Auth):
    """Signs with the date in the request."""

    def _modify_request_before_signing(self, request):
        pass


def expected(method, url, headers, body):
    """Returns the scope and the signature that botocore computes for the same request."""
    fields = {name.lower(): value for name, value in headers}
    scope = fields["authorization"].partition("Credential=")[2].partition(",")[0].split("/")
    signed = fields["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    request = AWSRequest(method=method, url=url, data=body)
    for name in signed:
        if name != "host":
            request.headers[name] = fields[name]
    request.context["timestamp"] = fields["x-amz-date"]
    request.context["payload_signing_enabled"] = True
    signer = GivenDate(Credentials(scope[0], SECRETS[scope[0]], fields.get("x-amz-security-token")), scope[3], scope[2])
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return scope, signer.signature(to_sign, request)


def message(kind, name, payload, damaged=False):
    key = {"event": ":event-type", "exception": ":exception-type", "error": ":error-code"}[kind]
    texts = [(":message-type", kind), (key, name)]
    headers = b"".join(
        bytes([len(k)]) + k.encode() + b"\x07" + struct.pack(">H", len(v)) + v.encode() for k, v in texts
    )
    content = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(content), len(headers))
    prelude += struct.pack(">I", binascii.crc32(prelude))
    whole = prelude + headers + content
    return whole + struct.pack(">I", binascii.crc32(whole) ^ (1 if damaged else 0))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fields = {name.lower(): value for name, value in self.headers.items()}
        seen[fields.get("x-amz-security-token")].append([self.command, self.path, fields, body.decode()])
        if "authorization" not in fields:
            return self.answer(404, b"{}")
        url = "http://" + fields["host"] + self.path
        scope, signature = expected(self.command, url, self.headers.items(), body)
        if not fields["authorization"].endswith("Signature=" + signature) or scope[3] != "bedrock":
            return self.refuse(403, "InvalidSignatureException", "the signature is not botocore's")
        content = json.loads(body)
        text = content["messages"][0]["content"][0]["text"]
        told = json.loads(text)["answer"] if text.startswith("{") else None
        if told is None:
            answer = {
                "output": {"message": {"role": "assistant", "content": [{"text": text}, {"text": "!"}]}},
                "stopReason": "end_turn",
                "usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5},
            }
            return self.answer(200, json.dumps(answer).encode())
        if "keys" in told and scope[0] != told["keys"]:
            return self.refuse(403, "ExpiredTokenException", "The security token included in the request is expired")
        if "hour" in told and fields["x-amz-date"][9:11] != told["hour"]:
            date = ("Date", "Tue, 24 Nov 2026 %s:30:00 GMT" % told["hour"])
            return self.refuse(403, "InvalidSignatureException", "Signature expired: it is later", date)
        if "events" in told:
            return self.stream(told)
        headers = list(told.get("headers", {}).items())
        self.answer(told.get("status", 200), told.get("body", json.dumps({"usage": {}})).encode(), *headers)

    do_GET = do_POST = serve

    def stream(self, told):
        pieces = [message(*event, index == told.get("damage")) for index, event in enumerate(told["events"])]
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.amazon.eventstream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for index, piece in enumerate(pieces):
            if index == len(pieces) - 1:
                piece = piece[: len(piece) - told.get("cut", 0)]
            # Each message is sent as two chunks.
            for part in (piece[:7], piece[7:]):
                if part:
                    self.wfile.write(b"%x\r\n" % len(part) + part + b"\r\n")
                    self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def refuse(self, status, name, words, *headers):
        kind = ("x-amzn-errortype", name + ":http://internal.amazon.com/coral/com.amazon.bedrock/")
        self.answer(status, json.dumps({"message": words}).encode(), kind, *headers)

    def answer(self, status, content, *headers):
        self.send_response_only(status)
        if not any(name == "Date" for name, _ in headers):
            self.send_header("Date", formatdate(usegmt=True))
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments):
        pass


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
peer.serve(lambda token: seen.pop(token, []), {"port": server.server_address[1]})
