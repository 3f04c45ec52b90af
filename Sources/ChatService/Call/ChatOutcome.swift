package import PurserCore

/// The outcome of a request.
package enum ChatOutcome: Sendable, Equatable {
    case answered(ChatAnswer)
    /// Refused before the model was called; it cost nothing.
    case refused(ChatRefusal)
    /// The model was called but returned no answer, or only part of one.
    case failed(ChatFailure)
    /// The ledger already has a call with this id: it was answered before and is not made again.
    case known
}

/// A call that got no answer.
package struct ChatFailure: Sendable, Equatable {
    package var error: ModelError
    package var modelId: String
    package var retries: Int
    /// The tokens that the model reported all the same; nil if it reported none.
    package var usage: TokenUsage?
    /// What the call may still have cost.
    package var cost: Picodollars
    package var timings: ChatTimings

    package init(
        error: ModelError,
        modelId: String,
        retries: Int,
        usage: TokenUsage? = nil,
        cost: Picodollars,
        timings: ChatTimings = ChatTimings()
    ) {
        self.error = error
        self.modelId = modelId
        self.retries = retries
        self.usage = usage
        self.cost = cost
        self.timings = timings
    }

    /// The stable code of the HTTP response; its status is 503.
    package var code: String {
        error.treatment.exception == .modelTimeout ? "model_timeout" : "model_unavailable"
    }

    /// One sentence for the caller, without the model's own words.
    package var message: String {
        error.treatment.chatMessage
    }

    /// Seconds to wait before another request may be answered; nil if waiting does not help.
    package var retryAfterSeconds: Int? {
        error.treatment.isRetryable ? 60 : nil
    }
}
