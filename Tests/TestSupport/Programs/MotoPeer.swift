import Foundation
package import PurserCore

/// moto behind HTTP, and boto3 to call it; a test uses its own names there.
package struct MotoPeer: Sendable {
    private struct Ready: Decodable {
        let port: Int
    }

    private let peer: PeerProcess
    package let port: Int

    package static func shared() throws -> MotoPeer {
        let peer = try PeerProcess.shared("moto_boto3.py")
        return MotoPeer(peer: peer, port: try peer.ready(Ready.self).port)
    }

    package var endpoint: String {
        "http://127.0.0.1:\(port)"
    }

    /// Returns a name that no other test has.
    package static func name(_ beginning: String, isFIFO: Bool = false) -> String {
        beginning + "-" + UUID().uuidString + (isFIFO ? ".fifo" : "")
    }

    /// Returns boto3's result of a call.
    package func call(_ service: String, _ operation: String, _ arguments: JSONValue) throws -> JSONValue {
        try peer.ask(["service": .string(service), "operation": .string(operation), "arguments": arguments])
    }

    /// Creates a queue and returns its URL.
    package func makeQueue(_ name: String) throws -> String {
        let attributes: JSONValue = name.hasSuffix(".fifo") ? ["FifoQueue": "true"] : [:]
        let made = try call("sqs", "create_queue", ["QueueName": .string(name), "Attributes": attributes])
        guard let url = made["QueueUrl"]?.string else { throw PeerError("moto did not create a queue: \(made.text())") }
        return url
    }

    /// Creates a topic with a queue that is subscribed to it; returns the topic's ARN and the queue's URL.
    package func makeTopic(_ name: String) throws -> (arn: String, queue: String) {
        let queue = try makeQueue(name)
        let attributes: JSONValue = name.hasSuffix(".fifo") ? ["FifoTopic": "true"] : [:]
        let made = try call("sns", "create_topic", ["Name": .string(name), "Attributes": attributes])
        let found = try call(
            "sqs",
            "get_queue_attributes",
            ["QueueUrl": .string(queue), "AttributeNames": ["QueueArn"]]
        )
        guard let topic = made["TopicArn"]?.string, let arn = found["Attributes"]?["QueueArn"]?.string else {
            throw PeerError("moto did not create a topic: \(made.text()) \(found.text())")
        }
        let subscription: JSONValue = ["TopicArn": .string(topic), "Protocol": "sqs", "Endpoint": .string(arn)]
        _ = try call("sns", "subscribe", subscription)
        return (topic, queue)
    }

    /// Removes and returns all messages of a queue.
    package func drain(_ queue: String) throws -> [JSONValue] {
        var messages: [JSONValue] = []
        while true {
            let received = try call(
                "sqs",
                "receive_message",
                [
                    "QueueUrl": .string(queue), "MaxNumberOfMessages": 10, "AttributeNames": ["All"],
                    "WaitTimeSeconds": 0,
                ]
            )
            guard let found = received["Messages"]?.array, !found.isEmpty else { return messages }
            messages += found
            for message in found {
                _ = try call(
                    "sqs",
                    "delete_message",
                    ["QueueUrl": .string(queue), "ReceiptHandle": message["ReceiptHandle"] ?? .null]
                )
            }
        }
    }
}
