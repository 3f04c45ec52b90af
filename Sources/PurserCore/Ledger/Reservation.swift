/// A model call about to be made, with the most that it can cost.
public struct Reservation: Sendable {
    /// Unique for ever; the same id again is the same call.
    public var requestId: String
    public var time: Timestamp
    public var caller: Caller
    /// Exactly as called, prefix and all.
    public var modelId: String
    public var correlationId: String?
    public var price: Price
    /// The worst case, held until the call is settled.
    public var hold: Picodollars
    /// The budget of the calendar month for all calls, where the store has none set; nil is none.
    public var limit: Picodollars?
    /// The calls a calendar month may have; nil is any number.
    public var quota: Int?
    /// Until when the hold is the call's: later than the call can end by itself. Nil is for ever.
    public var lease: Timestamp?
    /// The percentage of every budget that the call may use, 1 to 100: a call that can also be made cheaper stops before
    /// the end.
    public var limitPercent: Int

    public init(
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
        limitPercent: Int = 100
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
    }
}

/// What became of a reservation.
public enum ReservationResult: Sendable, Equatable {
    /// The hold stands. With it: the budget with the least left now; nil where none applies.
    case reserved(BudgetStanding?)
    /// The worst case does not fit into what a budget leaves.
    case budgetExceeded(BudgetExcess)
    /// The month has had all its calls.
    case quotaExceeded(MonthTotal)
    /// A call of this id is in the ledger already; nothing was changed.
    case known

    public var isReserved: Bool {
        if case .reserved = self { true } else { false }
    }
}
