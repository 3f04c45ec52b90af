"""moto behind HTTP on 127.0.0.1, and boto3 to ask it what it holds.

It prints {"port": N} as its first line. Then each line in is a call, {"service": "sqs", "operation": "create_queue",
"arguments": {"QueueName": "letters"}}, and each line out what boto3 gave for it, or {"error": CODE}. It ends when its
input closes.
"""

import json
import logging
import sys

import boto3
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    print(json.dumps({"port": port}), flush=True)
    clients = {}
    for line in sys.stdin:
        call = json.loads(line)
        service = call["service"]
        if service not in clients:
            clients[service] = boto3.client(
                service,
                endpoint_url=f"http://127.0.0.1:{port}",
                region_name="eu-central-1",
                aws_access_key_id="AKIDEXAMPLE",
                aws_secret_access_key="secret",
            )
        try:
            answer = getattr(clients[service], call["operation"])(**call["arguments"])
            answer.pop("ResponseMetadata", None)
        except ClientError as error:
            answer = {"error": error.response["Error"]["Code"]}
        print(json.dumps(answer, default=str), flush=True)


main()
