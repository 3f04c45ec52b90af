"""moto's SNS and SQS behind HTTP on 127.0.0.1, with a topic and a FIFO topic, each with a queue subscribed to it.

It prints {"port": N, "topic": ARN, "fifoTopic": ARN} as its first line. Then each line in is the ARN of one of the
topics, and each line out is what its queue holds, as a JSON array of messages: subject, message, attributes, groupId,
deduplicationId. It ends when its input closes.
"""

import json
import logging
import sys

import boto3
from moto.server import ThreadedMotoServer


def client(service, endpoint):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="eu-central-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
    )


def subscribe(sns, sqs, name, topic_attributes, queue_attributes):
    topic = sns.create_topic(Name=name, Attributes=topic_attributes)["TopicArn"]
    queue = sqs.create_queue(QueueName=name, Attributes=queue_attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, queue


def drain(sqs, queue):
    messages = []
    while True:
        received = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, AttributeNames=["All"], WaitTimeSeconds=0
        ).get("Messages", [])
        if not received:
            return messages
        for message in received:
            envelope = json.loads(message["Body"])
            messages.append(
                {
                    "subject": envelope.get("Subject"),
                    "message": envelope["Message"],
                    "attributes": {
                        name: value["Value"] for name, value in envelope.get("MessageAttributes", {}).items()
                    },
                    "groupId": message["Attributes"].get("MessageGroupId"),
                    "deduplicationId": message["Attributes"].get("MessageDeduplicationId"),
                }
            )
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    endpoint = f"http://127.0.0.1:{port}"
    sns, sqs = client("sns", endpoint), client("sqs", endpoint)
    topic, queue = subscribe(sns, sqs, "oncall", {}, {})
    fifo_topic, fifo_queue = subscribe(sns, sqs, "oncall.fifo", {"FifoTopic": "true"}, {"FifoQueue": "true"})
    queues = {topic: queue, fifo_topic: fifo_queue}
    print(json.dumps({"port": port, "topic": topic, "fifoTopic": fifo_topic}), flush=True)
    for line in sys.stdin:
        print(json.dumps(drain(sqs, queues[line.strip()])), flush=True)


main()
