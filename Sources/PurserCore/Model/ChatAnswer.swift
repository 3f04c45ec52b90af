package struct ChatAnswer: Sendable, Equatable {
    /// The model's answer; it has no text if it was streamed, because the text was in the events.
    package var response: ModelResponse
    /// The model that answered.
    package var modelId: String
    /// The requested model, if a cheaper one answered because a budget is nearly used up.
    package var fallbackFrom: String?
    package var cost: Picodollars
    /// Whether the cost includes a worst case, because an attempt with unknown usage may be charged.
    package var isEstimated: Bool
    /// Whether the same question had been answered before, so no model was called and nothing was charged.
    package var isCached: Bool
    package var retries: Int
    /// The caller's budget with the least left; nil if there is none.
    package var budget: BudgetStanding?
    package var timings: ChatTimings

    package init(
        response: ModelResponse,
        modelId: String,
        fallbackFrom: String? = nil,
        cost: Picodollars,
        isEstimated: Bool = false,
        isCached: Bool = false,
        retries: Int,
        budget: BudgetStanding? = nil,
        timings: ChatTimings = ChatTimings()
    ) {
        self.response = response
        self.modelId = modelId
        self.fallbackFrom = fallbackFrom
        self.cost = cost
        self.isEstimated = isEstimated
        self.isCached = isCached
        self.retries = retries
        self.budget = budget
        self.timings = timings
    }
}

/// How long the parts of a call took, in nanoseconds since its arrival.
package struct ChatTimings: Sendable, Equatable {
    /// To the first model call: the service's own overhead.
    package var toModel: Int64
    /// To a stream's first piece of text; nil if the answer is not a stream.
    package var toFirstToken: Int64?
    /// To the end.
    package var total: Int64

    package init(toModel: Int64 = 0, toFirstToken: Int64? = nil, total: Int64 = 0) {
        self.toModel = toModel
        self.toFirstToken = toFirstToken
        self.total = total
    }
}
