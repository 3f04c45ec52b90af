public import PurserCore
public import PurserHTTP

/// A message as a queue gave it.
public struct SQSMessage: Sendable, Equatable {
    public var id: String
    public var body: String
    /// With it the message is deleted or given back; another receipt comes with every receiving.
    public var receipt: String
    /// How often it was received, this time included.
    public var receiveCount: Int

    public init(id: String, body: String, receipt: String, receiveCount: Int) {
        self.id = id
        self.body = body
        self.receipt = receipt
        self.receiveCount = receiveCount
    }
}

/// Sends messages to a queue of SQS, and receives and deletes them. Every call waits for its answer and is made once.
public struct SQSClient: Sendable {
    /// The longest body of a message. A queue may be set to take less, down to 1 KiB; one made before 2025 takes 256 KiB.
    public static let sizeLimitBytes = 1 << 20
    /// What a client of this needs to read: ten messages, each in JSON's escapes.
    public static let responseLimitBytes = 32 << 20

    private let service: JSONService
    public let queue: SQSQueue

    /// A client with its endpoint and its credentials from the environment or the shared files, see ``CredentialChain``.
    public init(queue: SQSQueue, environment: [String: String], http: HTTPClient) {
        let clock = AWSClock()
        let cache = CredentialCache { try CredentialChain(environment: environment, clock: clock).credentials() }
        self.init(
            queue: queue,
            environment: environment,
            credentials: { try cache.credentials() },
            send: { try http.send($0) },
            clock: clock
        )
    }

    /// - Parameters:
    ///   - environment: Read for AWS_ENDPOINT_URL_SQS and AWS_ENDPOINT_URL; without them the queue's own host is asked.
    ///   - credentials: Asked at every call, so that keys that run out can be replaced.
    ///   - send: Gets a signed request; throws ``HTTPError`` where there is no answer.
    ///   - clock: What is known of AWS's time.
    public init(
        queue: SQSQueue,
        environment: [String: String],
        credentials: @escaping @Sendable () throws -> AWSCredentials,
        send: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse,
        clock: AWSClock = AWSClock()
    ) {
        self.queue = queue
        service = JSONService(
            name: "sqs",
            target: "AmazonSQS",
            version: "1.0",
            environment: environment,
            credentials: credentials,
            send: send,
            clock: clock
        )
    }

    /// Sends a message, and gives SQS's id of it. A FIFO queue takes a message of one `id` once, whatever its body.
    ///
    /// Every message is a group of its own, so that none waits for another.
    public func send(_ body: String, id: String, at time: Timestamp) throws(SQSError) -> String {
        guard !body.isEmpty else { throw SQSError(.message, "the message is empty") }
        guard body.utf8.count <= Self.sizeLimitBytes else {
            let words = "the message has \(body.utf8.count) bytes, and SQS takes \(Self.sizeLimitBytes)"
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

    /// Receives at most ten messages, which others do not see for so many seconds.
    ///
    /// - Parameter waitSeconds: How long to wait for a first one, 0 to 20.
    public func receive(
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
            messages.append(SQSMessage(id: id, body: body, receipt: receipt, receiveCount: count ?? 1))
        }
        return messages
    }

    /// Deletes a message that was received.
    public func delete(_ message: SQSMessage, at time: Timestamp) throws(SQSError) {
        _ = try call("DeleteMessage", [.init("ReceiptHandle", .string(message.receipt))], at: time)
    }

    /// Gives a message that was received back at once.
    public func release(_ message: SQSMessage, at time: Timestamp) throws(SQSError) {
        let input: [JSONValue.Member] = [
            .init("ReceiptHandle", .string(message.receipt)), .init("VisibilityTimeout", 0),
        ]
        _ = try call("ChangeMessageVisibility", input, at: time)
    }

    private static let strange = SQSError(.passing, "the answer is not one of SQS")

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

/// A call of SQS that was not carried out, or not known to be.
public struct SQSError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// It passes by itself.
        case passing
        /// Credentials, rights, endpoint or queue: it passes once somebody mends them, and concerns every message.
        case configuration
        /// The queue will refuse this message at every attempt.
        case message
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension AWSFault {
    /// Whether SQS refuses this message and may take another.
    fileprivate var isOfMessage: Bool {
        // What is too large for the queue is an invalid value too.
        ["InvalidMessageContents", "InvalidParameterValue"].contains(shortCode)
    }
}
