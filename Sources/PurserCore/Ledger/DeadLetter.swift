/// A request that was admitted but not answered.
package struct DeadLetter: Sendable, Equatable {
    package enum Status: String, Sendable {
        case kept
        /// The queue refused it for good; it stays in the store.
        case refused
    }

    /// The ledger's id of the call.
    package var requestId: String
    package var correlationId: String
    /// When the last attempt failed.
    package var time: Timestamp
    package var caller: Caller
    package var modelId: String
    /// The code returned to the caller: `model_unavailable`.
    package var code: String
    /// The error's name, as Bedrock reports it: `ThrottlingException`.
    package var error: String
    /// The sentence returned to the caller; it contains no part of the request.
    package var message: String
    /// The number of model calls.
    package var attempts: Int
    /// The number of Unicode scalars in the request's texts.
    package var characters: Int
    /// The request itself as JSON, if the operator chose to keep texts.
    package var content: String?
    /// How many times it was redriven.
    package var redrives = 0
    package var status = Status.kept
    /// The number of attempts to send it to the queue.
    package var forwards = 0
    /// Why the last attempt failed.
    package var forwardError: String?

    package init(
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

/// How many dead letters the store keeps and how many it has dropped.
package struct DeadLetterTotals: Sendable, Equatable {
    package var kept: Int
    /// How many of them the queue refused for good.
    package var refused: Int
    /// Dropped because there was no room for them.
    package var overflowed: Int
    /// Dropped because they had expired.
    package var expired: Int

    package init(kept: Int = 0, refused: Int = 0, overflowed: Int = 0, expired: Int = 0) {
        self.kept = kept
        self.refused = refused
        self.overflowed = overflowed
        self.expired = expired
    }
}
