"""moto behind HTTP on 127.0.0.1, and boto3 to call it.

Its first line is {"port": N}. A question is a call, {"service": "sqs", "operation": "create_queue", "arguments":
{"QueueName": "letters"}}; its answer is boto3's result, or {"error": CODE}. Each test uses its own names for what it creates.
"""

import logging

import boto3
import peer
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer


SERVICES = ["sns", "sqs", "ssm"]


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    # Created in advance, because creating a client is not thread-safe, although using one is.
    clients = {
        service: boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="eu-central-1",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="secret",
        )
        for service in SERVICES
    }

    def call(given):
        try:
            answer = getattr(clients[given["service"]], given["operation"])(**given["arguments"])
            answer.pop("ResponseMetadata", None)
            return answer
        except ClientError as error:
            return {"error": error.response["Error"]["Code"]}

    peer.serve(call, {"port": port})


main()
