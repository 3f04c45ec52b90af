/// A request that was admitted and got no answer.
public struct DeadLetter: Sendable, Equatable {
    public enum Status: String, Sendable {
        case kept
        /// The queue refused it for good; it stays in the store.
        case refused
    }

    /// The ledger's id of the call.
    public var requestId: String
    public var correlationId: String
    /// When the last attempt failed.
    public var time: Timestamp
    public var caller: Caller
    public var modelId: String
    /// The code returned to the caller: `model_unavailable`.
    public var code: String
    /// The error's name, as Bedrock reports it: `ThrottlingException`.
    public var error: String
    /// The sentence returned to the caller; it contains nothing of the request.
    public var message: String
    /// The number of calls of the model.
    public var attempts: Int
    /// The number of Unicode scalars in the request's texts.
    public var characters: Int
    /// The request itself as JSON, if the operator wants texts kept.
    public var content: String?
    /// How often it was redriven.
    public var redrives = 0
    public var status = Status.kept
    /// The number of attempts to send it to the queue.
    public var forwards = 0
    /// Why the last of them failed.
    public var forwardError: String?

    public init(
        requestId: String,
        correlationId: String,
        time: Timestamp,
        caller: Caller,
        modelId: String,
        code: String,
        error: String,
        message: String,
        attempts: Int,
        characters: Int,
        content: String?
    ) {
        self.requestId = requestId
        self.correlationId = correlationId
        self.time = time
        self.caller = caller
        self.modelId = modelId
        self.code = code
        self.error = error
        self.message = message
        self.attempts = attempts
        self.characters = characters
        self.content = content
    }
}

/// The numbers of dead letters that the store keeps and that it has dropped.
public struct DeadLetterTotals: Sendable, Equatable {
    public var kept: Int
    /// Those among them that the queue refused for good.
    public var refused: Int
    /// Dropped because there was no room for them.
    public var overflowed: Int
    /// Dropped because they had expired.
    public var expired: Int

    public init(kept: Int = 0, refused: Int = 0, overflowed: Int = 0, expired: Int = 0) {
        self.kept = kept
        self.refused = refused
        self.overflowed = overflowed
        self.expired = expired
    }
}
