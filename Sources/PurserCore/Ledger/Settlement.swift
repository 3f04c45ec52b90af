/// How a call ended.
package struct Settlement: Sendable {
    package var requestId: String
    package var time: Timestamp
    /// `success`, or the error's name.
    package var outcome: String
    package var usage: TokenUsage
    /// Whether no usage was returned, so the cost is the full hold.
    package var isEstimated: Bool
    /// Nil if it is not known.
    package var latencyMilliseconds: Int?
    package var retries: Int
    package var cost: Picodollars
    /// As in ``Reservation/limit``; used for the standing that is returned.
    package var limit: Picodollars?
    /// Bedrock's own id of the call (x-amzn-RequestId); nil if it is not known.
    package var upstreamRequestId: String?
    /// The tier that the call is charged at; nil means the one that the request asked for.
    package var tier: ServiceTier?

    package init(
        requestId: String,
        time: Timestamp,
        outcome: String,
        usage: TokenUsage,
        isEstimated: Bool,
        latencyMilliseconds: Int?,
        retries: Int,
        cost: Picodollars,
        limit: Picodollars? = nil,
        upstreamRequestId: String? = nil,
        tier: ServiceTier? = nil
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
        self.upstreamRequestId = upstreamRequestId
        self.tier = tier
    }
}

/// The result of a settlement.
package enum SettlementResult: Sendable, Equatable {
    /// The cost replaced the hold. The value is the budget with the least left now; nil if none applies.
    case settled(BudgetStanding?)
    /// The call is already settled or not in the ledger; nothing was changed.
    case unchanged

    package var isSettled: Bool {
        if case .settled = self { true } else { false }
    }
}
