/// A model call about to be made, with the most that it can cost.
package struct Reservation: Sendable {
    /// Never reused: a repeated id means the same call.
    package var requestId: String
    package var time: Timestamp
    package var caller: Caller
    /// Exactly as called, including the prefix.
    package var modelId: String
    package var correlationId: String?
    package var price: Price
    /// The worst case, held until the call is settled.
    package var hold: Picodollars
    /// The calendar month's budget for all calls, used if the store has none; nil means no budget.
    package var limit: Picodollars?
    /// The number of calls allowed in a calendar month; nil means any number.
    package var quota: Int?
    /// When the call's hold expires, which is later than the call can run; nil means never.
    package var lease: Timestamp?
    /// The percentage of every budget that the call may use, 1 to 100: a call that has a cheaper alternative may not
    /// use up a budget.
    package var limitPercent: Int
    /// Where the call comes from. Only calls of the same source count towards the limits.
    package var source: CallSource
    /// Whether neither the quota nor any budget may refuse the call, as for facts of the past.
    package var isUnlimited: Bool
    /// The tier that the request asks for.
    package var tier: ServiceTier

    package init(
        requestId: String,
        time: Timestamp,
        caller: Caller,
        modelId: String,
        correlationId: String?,
        price: Price,
        hold: Picodollars,
        limit: Picodollars?,
        quota: Int?,
        lease: Timestamp? = nil,
        limitPercent: Int = 100,
        source: CallSource = .live,
        isUnlimited: Bool = false,
        tier: ServiceTier = .standard
    ) {
        self.requestId = requestId
        self.time = time
        self.caller = caller
        self.modelId = modelId
        self.correlationId = correlationId
        self.price = price
        self.hold = hold
        self.limit = limit
        self.quota = quota
        self.lease = lease
        self.limitPercent = limitPercent
        self.source = source
        self.isUnlimited = isUnlimited
        self.tier = tier
    }
}

/// The result of a reservation.
package enum ReservationResult: Sendable, Equatable {
    /// The hold was made. The value is the budget with the least left now; nil if none applies.
    case reserved(BudgetStanding?)
    /// The worst case exceeds what a budget has left.
    case budgetExceeded(BudgetExcess)
    /// A quota of calls is used up.
    case quotaExceeded(BudgetExcess)
    /// A call with this id is already in the ledger; nothing was changed.
    case known

    package var isReserved: Bool {
        if case .reserved = self { true } else { false }
    }
}
