"""boto3's bedrock-runtime client against any endpoint, one call for each question.

A question is {"endpoint": URL, "operation": "converse" | "converse_stream", "text": TEXT} with the optional members "model",
"maxTokens", "metadata", "key", "secret" and "timeoutSeconds"; its answer is the result: {"text", "stopReason", "input",
"output", "events"}, or {"error": name of the exception, "code" and "message": Bedrock's own or null, "status": HTTP status or
null, "text": the text before the error}. Retries are off. {"endpoint": URL, "operation": "close"} closes the connections to an
endpoint.
"""

import threading

import boto3
import peer
from botocore.config import Config
from botocore.exceptions import ClientError

clients = {}
lock = threading.Lock()


def client(endpoint, key, secret, seconds):
    kind = (endpoint, key, secret, seconds)
    # Creating a client is not thread-safe, although using one is.
    with lock:
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


def close(endpoint):
    with lock:
        for kind in [kind for kind in clients if kind[0] == endpoint]:
            clients.pop(kind).close()
    return {}


def call(told):
    if told["operation"] == "close":
        return close(told["endpoint"])
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
        told["endpoint"],
        told.get("key", "AKIDEXAMPLE"),
        told.get("secret", "secret"),
        told.get("timeoutSeconds"),
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


peer.serve(call)
