"""An SNS endpoint that checks every signature with botocore.

    signed_sns.py [--log FILE] [--fail STATUS:CODE:COUNT]... [--lose-answers COUNT] [--max-skew-seconds N]
                  [--access-key ID] [--secret-key KEY] [--session-token TOKEN] [--port N]

It listens on 127.0.0.1 and prints {"port": N} as its first line. It ends when its standard input closes, so a shell
must keep that open, as in: mkfifo gate; signed_sns.py < gate & exec 3> gate.

The flags describe one account. A test opens its own account with {"open": ACCESS KEY, "fail": ["503:ServiceUnavailable:2"],
"loseAnswers": N, "maxSkewSeconds": N, "sessionToken": TOKEN}, where all members but the first are optional. {"taken": ACCESS KEY}
returns the messages that were accepted from that account.

Each request is signed again from its method, path, headers and body, and is refused with SNS's own error if its
Authorization header differs. Publish is checked as SNS documents it and answered with SNS's XML; each accepted message is
appended to FILE as one line of JSON: messageId, topicArn, subject, message, attributes, groupId, deduplicationId,
region, date. A FIFO topic accepts a deduplication id once and answers with the same message id again.

--fail 503:ServiceUnavailable:2 fails the first two correctly signed requests; several --fail are used up in order. The
status 0 closes the connection without a response. --lose-answers accepts messages and closes the connection, so a client
must send them again.
"""

import argparse
import datetime
import hmac
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import peer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
SIZE_LIMIT = 262144


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def parse_authorization(text):
    scheme, _, rest = text.partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    scope = fields.get("Credential", "").split("/")
    if scheme != "AWS4-HMAC-SHA256" or len(scope) != 5 or scope[4] != "aws4_request":
        raise Refused(400, "IncompleteSignature", "Authorization header is malformed")
    return fields, scope


def check_signature(method, path, headers, body, accounts):
    """Raises Refused unless the request has the signature that botocore computes for it; returns the account and the region."""
    authorization = headers.get("Authorization")
    if authorization is None:
        raise Refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    fields, (access_key, day, region, service, _) = parse_authorization(authorization)
    account = accounts.get(access_key)
    if account is None:
        raise Refused(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    options = account.options
    date = headers.get("X-Amz-Date", "")
    if service != "sns" or day != date[:8]:
        raise Refused(403, "SignatureDoesNotMatch", "Credential should be scoped to correct service and date")
    if headers.get("X-Amz-Security-Token") != options.session_token:
        raise Refused(403, "InvalidClientTokenId", "The security token included in the request is invalid")
    signed = fields.get("SignedHeaders", "").split(";")
    needed = {"host"} | {name.lower() for name in headers if name.lower().startswith("x-amz-")}
    if not needed <= set(signed):
        raise Refused(403, "SignatureDoesNotMatch", "these headers must be signed: " + ", ".join(sorted(needed)))

    request = AWSRequest(method=method, url="http://" + headers["Host"] + path, data=body)
    for name in signed:
        for value in headers.get_all(name) or []:
            request.headers[name] = value
    request.context["timestamp"] = date
    signer = SigV4Auth(Credentials(options.access_key, options.secret_key, options.session_token), service, region)
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    if not hmac.compare_digest(signature, fields.get("Signature", "")):
        raise Refused(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. The Canonical String for"
            " this request should have been\n'" + canonical + "'",
        )
    check_clock(date, options.max_skew_seconds)
    return account, region


def check_clock(date, max_skew_seconds):
    if max_skew_seconds is None:
        return
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if abs((now - signed).total_seconds()) > max_skew_seconds:
        here = now.strftime("%Y%m%dT%H%M%SZ")
        if signed < now:
            raise Refused(403, "SignatureDoesNotMatch", f"Signature expired: {date} is now earlier than {here}")
        raise Refused(403, "SignatureDoesNotMatch", f"Signature not yet current: {date} is still later than {here}")


def invalid(what):
    return Refused(400, "InvalidParameter", "Invalid parameter: " + what)


def is_id(text):
    return 1 <= len(text) <= 128 and all("!" <= character <= "~" for character in text)


def read_attributes(form):
    attributes, types, position = {}, "", 1
    while (name := form.get(f"MessageAttributes.entry.{position}.Name")) is not None:
        prefix = f"MessageAttributes.entry.{position}.Value."
        kind, value = form.get(prefix + "DataType"), form.get(prefix + "StringValue", "")
        if kind != "String" or value == "" or name in attributes:
            raise invalid(f"the message attribute '{name}' must have one non-empty String value")
        attributes[name] = value
        types += kind
        position += 1
    if len(attributes) > 10:
        raise invalid("more than 10 message attributes")
    return attributes, types


def read_message(form, region):
    """Returns the message of a Publish form, checked as SNS documents it."""
    if form.get("Action") != "Publish" or form.get("Version") != "2010-03-31":
        raise Refused(400, "InvalidAction", "The action or version is not valid for this endpoint.")
    topic = form.get("TopicArn", "")
    parts = topic.split(":")
    if len(parts) != 6 or parts[:1] + parts[2:3] != ["arn", "sns"] or parts[3] != region:
        raise invalid("TopicArn")
    subject, message = form.get("Subject"), form.get("Message", "")
    if subject is not None and not (1 <= len(subject) <= 100 and all(" " <= c <= "~" for c in subject)):
        raise invalid("Subject")
    if message == "":
        raise invalid("Empty message")
    attributes, types = read_attributes(form)
    counted = message + types + "".join(attributes) + "".join(attributes.values())
    if len(counted.encode()) > SIZE_LIMIT:
        raise invalid("Message too long")
    group, deduplication = form.get("MessageGroupId"), form.get("MessageDeduplicationId")
    if topic.endswith(".fifo") and not (is_id(group or "") and is_id(deduplication or "")):
        raise invalid("The MessageGroupId and MessageDeduplicationId parameters are required for FIFO topics")
    if not topic.endswith(".fifo") and deduplication is not None:
        raise invalid("MessageDeduplicationId is not for this topic")
    return {
        "topicArn": topic,
        "subject": subject,
        "message": message,
        "attributes": attributes,
        "groupId": group,
        "deduplicationId": deduplication,
        "region": region,
    }


class Account:
    """An access key with the messages accepted from it, and its remaining failures."""

    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.taken = []
        self.failures = list(options.fail)
        self.answers_to_lose = options.lose_answers
        self.ids = {}

    def next_failure(self):
        with self.lock:
            while self.failures:
                status, code, count = self.failures.pop(0)
                if count > 0:
                    self.failures.insert(0, (status, code, count - 1))
                    return status, code
        return None

    def take(self, message, date):
        """Accepts a message; returns its id, and whether to lose the response."""
        with self.lock:
            key = (message["topicArn"], message["deduplicationId"])
            if message["deduplicationId"] is None or key not in self.ids:
                self.ids[key] = str(uuid.uuid4())
                self.taken.append({"messageId": self.ids[key], **message, "date": date})
                if self.options.log:
                    with open(self.options.log, "a", encoding="utf-8") as file:
                        file.write(json.dumps(self.taken[-1]) + "\n")
            loses = self.answers_to_lose > 0
            self.answers_to_lose -= loses
            return self.ids[key], loses


def handler(accounts):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                account, region = check_signature("POST", self.path, self.headers, body, accounts)
                failure = account.next_failure()
                if failure is not None and failure[0] == 0:
                    self.close_connection = True
                    return
                if failure is not None:
                    raise Refused(*failure, "told to fail & to say <so>")
                kind = self.headers.get("Content-Type", "")
                if not kind.startswith("application/x-www-form-urlencoded"):
                    raise Refused(400, "MalformedQueryString", "the content type is " + kind)
                message = read_message(dict(parse_qsl(body.decode(), keep_blank_values=True)), region)
                id, loses = account.take(message, self.headers["X-Amz-Date"])
            except Refused as refused:
                self.answer(refused.status, error_document(refused))
                return
            if loses:
                self.close_connection = True
                return
            self.answer(
                200,
                f'<PublishResponse xmlns="{NAMESPACE}"><PublishResult><MessageId>{id}</MessageId></PublishResult>'
                f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></PublishResponse>",
            )

        def do_GET(self):
            self.answer(400, error_document(Refused(400, "InvalidAction", "only POST is known here")))

        def answer(self, status, text):
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    return Handler


def error_document(refused):
    kind = "Receiver" if refused.status >= 500 else "Sender"
    return (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>{kind}</Type><Code>{escape(refused.code)}</Code>'
        f"<Message>{escape(refused.message)}</Message></Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )


def failure(text):
    status, code, count = text.split(":")
    return int(status), code, int(count)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log")
    parser.add_argument("--fail", type=failure, action="append", default=[])
    parser.add_argument("--lose-answers", type=int, default=0)
    parser.add_argument("--max-skew-seconds", type=int)
    parser.add_argument("--access-key", default="AKIDEXAMPLE")
    parser.add_argument("--secret-key", default="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    parser.add_argument("--session-token")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    accounts = {options.access_key: Account(options)}

    def answer(asked):
        if "taken" in asked:
            return accounts[asked["taken"]].taken
        own = argparse.Namespace(**vars(options))
        own.access_key = asked["open"]
        own.fail = [failure(text) for text in asked.get("fail", [])]
        own.lose_answers = asked.get("loseAnswers", 0)
        own.max_skew_seconds = asked.get("maxSkewSeconds")
        own.session_token = asked.get("sessionToken")
        accounts[own.access_key] = Account(own)
        return {}

    server = ThreadingHTTPServer(("127.0.0.1", options.port), handler(accounts))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    peer.serve(answer, {"port": server.server_address[1]})


if __name__ == "__main__":
    main()
