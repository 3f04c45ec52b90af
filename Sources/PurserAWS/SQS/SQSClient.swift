package import PurserCore
import PurserHTTP

/// A message as received from a queue.
package struct SQSMessage: Sendable, Equatable {
    package var id: String
    package var body: String
    /// Needed to delete or release the message; each receive returns a new receipt.
    package var receipt: String
    /// How many times it was received, including this time.
    package var receiveCount: Int
}

/// Sends messages to an SQS queue, and receives and deletes them. Every call blocks until its response arrives and is
/// made once.
package struct SQSClient: Sendable {
    /// The longest body of a message.
    ///
    /// A queue may be configured to accept less, down to 1 KiB; one created before 2025 accepts 256 KiB.
    package static let sizeLimitBytes = 1 << 20
    /// The response limit that this client needs for ten messages, each with JSON escapes.
    package static let responseLimitBytes = 32 << 20

    private let service: JSONService
    package let queue: SQSQueue

    /// - Parameter session: AWS_ENDPOINT_URL_SQS and AWS_ENDPOINT_URL are read from its environment; if neither is set,
    ///   the queue's own host is called.
    package init(queue: SQSQueue, _ session: AWSSession) {
        self.queue = queue
        service = JSONService(session, name: "sqs", target: "AmazonSQS", version: "1.0")
    }

    /// Sends a message and returns the id that SQS gave it.
    ///
    /// A FIFO queue accepts only one message with the same `id`, whatever its body.
    ///
    /// Every message has its own group, so that none waits for another.
    package func send(_ body: String, id: String, at time: Timestamp) throws(SQSError) -> String {
        guard !body.isEmpty else { throw SQSError(.message, "the message is empty") }
        guard body.utf8.count <= Self.sizeLimitBytes else {
            let words = "the message has \(body.utf8.count) bytes; SQS accepts \(Self.sizeLimitBytes)"
            throw SQSError(.message, words)
        }
        var input: [JSONValue.Member] = [.init("MessageBody", .string(body))]
        if queue.isFIFO {
            let id = FIFOName.accepted(id)
            input += [.init("MessageGroupId", .string(id)), .init("MessageDeduplicationId", .string(id))]
        }
        let output = try call("SendMessage", input, at: time)
        guard let id = output["MessageId"]?.string else { throw Self.strange }
        return id
    }

    /// Receives at most ten messages, which other receivers do not see for `hiddenSeconds`.
    ///
    /// - Parameter waitSeconds: How long to wait for the first message, 0 to 20.
    package func receive(
        most: Int = 10,
        hiddenSeconds: Int,
        waitSeconds: Int = 0,
        at time: Timestamp
    ) throws(SQSError) -> [SQSMessage] {
        let input: [JSONValue.Member] = [
            .init("MaxNumberOfMessages", .integer(max(1, min(most, 10)))),
            .init("VisibilityTimeout", .integer(hiddenSeconds)), .init("WaitTimeSeconds", .integer(waitSeconds)),
            .init("AttributeNames", ["ApproximateReceiveCount"]),
        ]
        let output = try call("ReceiveMessage", input, at: time)
        var messages: [SQSMessage] = []
        for message in output["Messages"]?.array ?? [] {
            guard let id = message["MessageId"]?.string, let body = message["Body"]?.string,
                let receipt = message["ReceiptHandle"]?.string
            else { throw Self.strange }
            let count = message["Attributes"]?["ApproximateReceiveCount"]?.string.flatMap { Int($0) }
            // The count comes from outside; a number that no queue reaches must not end the program.
            let receives = max(1, min(count ?? 1, 1_000_000_000))
            messages.append(SQSMessage(id: id, body: body, receipt: receipt, receiveCount: receives))
        }
        return messages
    }

    /// Deletes a received message.
    package func delete(_ message: SQSMessage, at time: Timestamp) throws(SQSError) {
        _ = try call("DeleteMessage", [.init("ReceiptHandle", .string(message.receipt))], at: time)
    }

    /// Makes a received message visible in the queue again immediately.
    package func release(_ message: SQSMessage, at time: Timestamp) throws(SQSError) {
        let input: [JSONValue.Member] = [
            .init("ReceiptHandle", .string(message.receipt)), .init("VisibilityTimeout", 0),
        ]
        _ = try call("ChangeMessageVisibility", input, at: time)
    }

    private static let strange = SQSError(.passing, "the response is not from SQS")

    private func call(
        _ operation: String,
        _ input: [JSONValue.Member],
        at time: Timestamp
    ) throws(SQSError) -> JSONValue {
        do {
            return try service.call(
                operation,
                .object([.init("QueueUrl", .string(queue.url.text))] + input),
                region: queue.region,
                home: queue.url,
                at: time
            )
        } catch {
            if error.isPassing { throw SQSError(.passing, error.description) }
            guard case .refused(let fault) = error, fault.isOfMessage else {
                throw SQSError(.configuration, error.description)
            }
            throw SQSError(.message, fault.description)
        }
    }
}

/// A call to SQS that was not carried out, or may not have been.
package struct SQSError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// A temporary fault.
        case passing
        /// A fault in the credentials, permissions, endpoint or queue, which affects every message until an operator
        /// fixes it.
        case configuration
        /// The queue will reject this message at every attempt.
        case message
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension AWSFault {
    /// Whether SQS rejects this message but may accept another.
    fileprivate var isOfMessage: Bool {
        // A message that is too large for the queue is an invalid value too.
        ["InvalidMessageContents", "InvalidParameterValue"].contains(shortCode)
    }
}
