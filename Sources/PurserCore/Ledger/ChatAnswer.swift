public struct ChatAnswer: Sendable, Equatable {
    public var text: String
    /// The model that answered.
    public var modelId: String
    /// The requested model, if a cheaper one answered because a budget is nearly used up.
    public var fallbackFrom: String?
    public var stopReason: String
    public var usage: TokenUsage
    public var cost: Picodollars
    /// Whether the cost includes a worst case, because an attempt whose usage is not known may be charged.
    public var isEstimated: Bool
    /// Whether an equal question was answered earlier, so that no model was called and nothing was charged.
    public var isCached: Bool
    public var retries: Int
    /// The caller's budget with the least left; nil if there is none.
    public var budget: BudgetStanding?
    public var timings: ChatTimings
    /// Converse's answer, see ``ModelResponse/converseDocument(latencyMilliseconds:)``; nil for a stream.
    public var document: [UInt8]?

    public init(
        text: String,
        modelId: String,
        fallbackFrom: String? = nil,
        stopReason: String,
        usage: TokenUsage,
        cost: Picodollars,
        isEstimated: Bool = false,
        isCached: Bool = false,
        retries: Int,
        budget: BudgetStanding? = nil,
        timings: ChatTimings = ChatTimings(),
        document: [UInt8]? = nil
    ) {
        self.text = text
        self.modelId = modelId
        self.fallbackFrom = fallbackFrom
        self.stopReason = stopReason
        self.usage = usage
        self.cost = cost
        self.isEstimated = isEstimated
        self.isCached = isCached
        self.retries = retries
        self.budget = budget
        self.timings = timings
        self.document = document
    }
}

/// How long the parts of a call took, in nanoseconds from its arrival.
public struct ChatTimings: Sendable, Equatable {
    /// To the first call of the model: the service's own overhead.
    public var toModel: Int64
    /// To a stream's first piece of text; nil if the answer is not a stream.
    public var toFirstToken: Int64?
    /// To the end.
    public var total: Int64

    public init(toModel: Int64 = 0, toFirstToken: Int64? = nil, total: Int64 = 0) {
        self.toModel = toModel
        self.toFirstToken = toFirstToken
        self.total = total
    }
}
