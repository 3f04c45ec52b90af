/// How a call ended.
public struct Settlement: Sendable {
    public var requestId: String
    public var time: Timestamp
    /// `success`, or the error's name.
    public var outcome: String
    public var usage: TokenUsage
    /// Whether no usage was returned, so that the cost is the hold.
    public var isEstimated: Bool
    /// Nil if it is not known.
    public var latencyMilliseconds: Int?
    public var retries: Int
    public var cost: Picodollars
    /// As in ``Reservation/limit``: for the standing that is returned.
    public var limit: Picodollars?

    public init(
        requestId: String,
        time: Timestamp,
        outcome: String,
        usage: TokenUsage,
        isEstimated: Bool,
        latencyMilliseconds: Int?,
        retries: Int,
        cost: Picodollars,
        limit: Picodollars? = nil
    ) {
        self.requestId = requestId
        self.time = time
        self.outcome = outcome
        self.usage = usage
        self.isEstimated = isEstimated
        self.latencyMilliseconds = latencyMilliseconds
        self.retries = retries
        self.cost = cost
        self.limit = limit
    }
}

/// The result of a settlement.
public enum SettlementResult: Sendable, Equatable {
    /// The cost replaced the hold. The value is the budget with the least left now; nil if none applies.
    case settled(BudgetStanding?)
    /// The call is already settled or not in the ledger; nothing was changed.
    case unchanged

    public var isSettled: Bool {
        if case .settled = self { true } else { false }
    }
}
