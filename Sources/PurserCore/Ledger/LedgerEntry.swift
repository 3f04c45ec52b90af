/// A row of the ledger, as `purser requests` shows it.
public struct LedgerEntry: Sendable, Equatable {
    public var requestId: String
    public var time: Timestamp
    public var settledTime: Timestamp?
    public var caller: Caller
    public var modelId: String
    /// `reserved` while the call runs, `success`, or the error's name.
    public var outcome: String
    public var usage: TokenUsage
    public var isEstimated: Bool
    public var latencyMilliseconds: Int?
    public var retries: Int
    public var correlationId: String?
    public var hold: Picodollars
    public var cost: Picodollars

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
        cost: Picodollars
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
    }
}

/// The rows of the ledger to read.
public enum LedgerSelection: Sendable, Equatable {
    /// Failed calls first, then the slowest.
    case worst
    /// Failed calls only, newest first.
    case failed
    /// Newest first.
    case newest
    /// The one call with a request id or a correlation id.
    case id(String)
}

/// Settled cost that became known in one minute.
public struct MinuteCost: Sendable, Equatable {
    public var minute: Timestamp
    public var cost: Picodollars

    package init(minute: Timestamp, cost: Picodollars) {
        self.minute = minute
        self.cost = cost
    }
}
