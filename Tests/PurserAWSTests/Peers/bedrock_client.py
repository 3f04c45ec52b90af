"""boto3's bedrock-runtime client against an endpoint, one call for each line in.

Arguments: the endpoint's URL. Each line in is {"operation": "converse" | "converse_stream", "text": TEXT} with, where they are
told, "model", "maxTokens", "metadata", "key", "secret" and "timeoutSeconds"; each line out says what became of it: {"text",
"stopReason", "input", "output", "events"}, or {"error": name of the exception, "code" and "message": Bedrock's own or null, "status":
HTTP status or null, "text": what came before}. Retries are off. It ends when its input closes.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

clients = {}


def client(endpoint, key, secret, seconds):
    kind = (key, secret, seconds)
    if kind not in clients:
        clients[kind] = boto3.client(
            "bedrock-runtime",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=seconds),
        )
    return clients[kind]


def call(endpoint, told):
    found = {"text": "", "events": []}
    request = {
        "modelId": told.get("model", "amazon.nova-lite-v1:0"),
        "messages": [{"role": "user", "content": [{"text": told["text"]}]}],
        "system": [{"text": "Be short."}],
        "inferenceConfig": {"maxTokens": told.get("maxTokens", 1000)},
    }
    if "metadata" in told:
        request["requestMetadata"] = told["metadata"]
    bedrock = client(
        endpoint, told.get("key", "AKIDEXAMPLE"), told.get("secret", "secret"), told.get("timeoutSeconds")
    )
    try:
        if told["operation"] == "converse":
            answer = bedrock.converse(**request)
            found["text"] = answer["output"]["message"]["content"][0]["text"]
            found["stopReason"] = answer["stopReason"]
            usage = answer["usage"]
        else:
            usage = None
            for event in bedrock.converse_stream(**request)["stream"]:
                (name, value), *_ = event.items()
                if not found["events"] or found["events"][-1] != name:
                    found["events"].append(name)
                found["text"] += value.get("delta", {}).get("text", "")
                found["stopReason"] = value.get("stopReason", found.get("stopReason"))
                usage = value.get("usage", usage)
        found["input"] = usage and usage["inputTokens"]
        found["output"] = usage and usage["outputTokens"]
    except Exception as error:
        found["error"] = type(error).__name__
        if isinstance(error, ClientError):
            found["message"] = error.response["Error"].get("Message")
            found["code"] = error.response["Error"]["Code"]
            found["status"] = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return found


for line in sys.stdin:
    print(json.dumps(call(sys.argv[1], json.loads(line))), flush=True)
