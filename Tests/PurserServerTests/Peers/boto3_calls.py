"""boto3's bedrock-runtime client against a purserd, one call for each line in.

Arguments: the endpoint's URL, the access key's id, its secret. Each line in is {"operation": "converse" | "converse_stream",
"text": TEXT} with "model" and "maxTokens" where they are told; each line out says what became of it: {"text", "stopReason",
"input", "output", "events"}, and where it failed {"error": name of the exception, "code", "status", "message"}. Retries are
off. It ends when its input closes.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

clients = {}


def client(endpoint, secret, seconds):
    key = (secret, seconds)
    if key not in clients:
        clients[key] = boto3.client(
            "bedrock-runtime",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id=sys.argv[2],
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=seconds),
        )
    return clients[key]


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
    bedrock = client(endpoint, sys.argv[3], told.get("timeoutSeconds", 20))
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
            found["message"] = error.response["Error"]["Message"]
            found["code"] = error.response["Error"]["Code"]
            found["status"] = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return found


for line in sys.stdin:
    print(json.dumps(call(sys.argv[1], json.loads(line))), flush=True)
