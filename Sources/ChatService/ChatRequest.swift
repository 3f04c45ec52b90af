public import PurserCore
public import PurserStore

/// One turn of a conversation.
public struct ChatMessage: Sendable, Equatable {
    public enum Role: String, Sendable {
        case user
        case assistant
    }

    public var role: Role
    public var text: String

    public init(_ role: Role, _ text: String) {
        self.role = role
        self.text = text
    }
}

/// A question to the service, with what was said before.
public struct ChatRequest: Sendable {
    /// Unique for ever; the ledger takes the same id for the same call.
    public var requestId: String
    public var correlationId: String
    public var caller: Caller
    public var message: String
    /// Earlier turns, the oldest first.
    public var conversation: [ChatMessage]
    /// At most this many tokens of answer; nil is the configured limit.
    public var maxTokens: Int?

    public init(
        requestId: String,
        correlationId: String,
        caller: Caller = Caller(),
        message: String,
        conversation: [ChatMessage] = [],
        maxTokens: Int? = nil
    ) {
        self.requestId = requestId
        self.correlationId = correlationId
        self.caller = caller
        self.message = message
        self.conversation = conversation
        self.maxTokens = maxTokens
    }
}

/// What became of a request.
public enum ChatOutcome: Sendable, Equatable {
    case answered(ChatAnswer)
    /// Turned away before the model was called; it cost nothing.
    case refused(ChatRefusal)
    /// The model was called and brought no answer.
    case failed(ChatFailure)
    /// The ledger has a call of this id: it was answered before and is not made again.
    case known
}

public struct ChatAnswer: Sendable, Equatable {
    public var text: String
    public var modelId: String
    public var stopReason: String
    public var usage: TokenUsage
    public var cost: Picodollars
    public var retries: Int
}

/// Why a request was turned away, with the code and the status that its answer carries.
public enum ChatRefusal: Sendable, Equatable {
    case emptyMessage
    case messageTooLong(characters: Int, limit: Int)
    case throttled
    case quotaExceeded(requests: Int, quota: Int)
    case budgetExceeded(spent: Picodollars, held: Picodollars, limit: Picodollars, resets: Timestamp)
    case unpricedModel(modelId: String)
    /// The ledger could not be written, so the call was not made.
    case storeUnavailable(String)

    /// The stable code of the HTTP answer.
    public var code: String {
        switch self {
        case .emptyMessage: "invalid_request"
        case .messageTooLong: "message_too_long"
        case .throttled: "throttled"
        case .quotaExceeded: "quota_exceeded"
        case .budgetExceeded: "budget_exceeded"
        case .unpricedModel: "unpriced_model"
        case .storeUnavailable: "internal"
        }
    }

    public var status: Int {
        switch self {
        case .emptyMessage, .messageTooLong: 400
        case .throttled, .quotaExceeded: 429
        case .budgetExceeded: 402
        case .unpricedModel: 400
        case .storeUnavailable: 500
        }
    }

    /// One sentence for the caller.
    public var message: String {
        switch self {
        case .emptyMessage:
            "The message is empty."
        case .messageTooLong(let characters, let limit):
            "The message has \(characters) characters; at most \(limit) are allowed."
        case .throttled:
            "Too many requests at once; try again in a second."
        case .quotaExceeded(let requests, let quota):
            "This month's \(quota) requests are used up (\(requests) made)."
        case .budgetExceeded(let spent, let held, let limit, let resets):
            "The answer could exceed this month's budget of $\(limit.cents): $\(spent.cents) spent, $\(held.cents) held by"
                + " running requests; it resets at \(resets)."
        case .unpricedModel(let modelId):
            "The model \(modelId) has no price, so its cost could not be bounded."
        case .storeUnavailable(let reason):
            "The ledger could not be written, so the model was not called: \(reason)."
        }
    }
}

/// A call that brought no answer.
public struct ChatFailure: Sendable, Equatable {
    public var error: ModelError
    public var retries: Int
    /// What the call may have cost all the same.
    public var cost: Picodollars
}
