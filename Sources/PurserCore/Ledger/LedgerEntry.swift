/// A row of the ledger, as `purser requests` shows it.
package struct LedgerEntry: Sendable, Equatable {
    package var requestId: String
    package var time: Timestamp
    package var settledTime: Timestamp?
    package var caller: Caller
    package var modelId: String
    /// `reserved` while the call runs, `success`, or the error's name.
    package var outcome: String
    package var usage: TokenUsage
    package var isEstimated: Bool
    package var latencyMilliseconds: Int?
    package var retries: Int
    package var correlationId: String?
    package var hold: Picodollars
    package var cost: Picodollars
    package var source: CallSource
    /// Bedrock's own id of the call (x-amzn-RequestId); nil if it is not known.
    package var upstreamRequestId: String?
    /// The tier that the call is charged at.
    package var tier: ServiceTier

    package init(
        requestId: String,
        time: Timestamp,
        settledTime: Timestamp?,
        caller: Caller,
        modelId: String,
        outcome: String,
        usage: TokenUsage,
        isEstimated: Bool,
        latencyMilliseconds: Int?,
        retries: Int,
        correlationId: String?,
        hold: Picodollars,
        cost: Picodollars,
        source: CallSource = .live,
        upstreamRequestId: String? = nil,
        tier: ServiceTier = .standard
    ) {
        self.requestId = requestId
        self.time = time
        self.settledTime = settledTime
        self.caller = caller
        self.modelId = modelId
        self.outcome = outcome
        self.usage = usage
        self.isEstimated = isEstimated
        self.latencyMilliseconds = latencyMilliseconds
        self.retries = retries
        self.correlationId = correlationId
        self.hold = hold
        self.cost = cost
        self.source = source
        self.upstreamRequestId = upstreamRequestId
        self.tier = tier
    }
}

/// The rows of the ledger to read.
package enum LedgerSelection: Sendable, Equatable {
    /// Failed calls first, then the slowest.
    case worst
    /// Failed calls only, newest first.
    case failed
    /// Newest first.
    case newest
    /// The one call with a request id, a correlation id, or an id of Bedrock's own.
    case id(String)
}

/// The cost of the calls settled within one minute.
package struct MinuteCost: Sendable, Equatable {
    package var minute: Timestamp
    package var cost: Picodollars

    package init(minute: Timestamp, cost: Picodollars) {
        self.minute = minute
        self.cost = cost
    }
}
