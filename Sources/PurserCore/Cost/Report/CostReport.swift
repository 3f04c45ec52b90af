/// The cost of a calendar month so far, split by chosen keys.
package struct CostReport: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        /// One value for each of the report's keys; nil means "unallocated".
        package var keys: [String?]
        package var requests: Int
        package var usage: TokenUsage
        package var cost: Picodollars
        /// What the same row cost on the same days of the month before; nil if that is not compared.
        package var previousCost: Picodollars?

        package init(
            keys: [String?],
            requests: Int,
            usage: TokenUsage,
            cost: Picodollars,
            previousCost: Picodollars? = nil
        ) {
            self.keys = keys
            self.requests = requests
            self.usage = usage
            self.cost = cost
            self.previousCost = previousCost
        }
    }

    /// The same days of the month before.
    package struct Previous: Sendable, Equatable {
        package var period: Range<Timestamp>
        package var total: Picodollars
        package var requests: Int
        /// Nil if there are no tokens to compare with.
        package var change: CostChange?

        package init(period: Range<Timestamp>, total: Picodollars, requests: Int, change: CostChange?) {
            self.period = period
            self.total = total
            self.requests = requests
            self.change = change
        }
    }

    /// What was paid for without an answer that its caller got, or twice.
    package struct Waste: Sendable, Equatable {
        /// Calls that failed.
        package var failed = Picodollars.zero
        /// Calls whose caller did not wait for the end.
        package var cancelled = Picodollars.zero
        /// Calls whose process died.
        package var abandoned = Picodollars.zero
        /// Attempts of calls that were answered whose usage is not known, and which may be billed.
        package var retries = Picodollars.zero

        package init() {}
    }

    /// What prompt caching did.
    package struct CacheEffect: Sendable, Equatable {
        /// Input tokens of all kinds, and those of them that were read from a cache.
        package var inputTokens = 0
        package var readTokens = 0
        /// How much less the reads cost than plain input.
        package var saved = Picodollars.zero
        /// How much more the writes cost than plain input.
        package var writeCost = Picodollars.zero

        package init() {}

        /// Whether more was paid for writes than reads have saved.
        package var isTrap: Bool { writeCost > saved }
    }

    /// What was learned in the month of the calls of an earlier one after that was closed.
    package struct Correction: Sendable, Equatable {
        package var month: CalendarMonth
        /// Below zero if calls were taken back.
        package var requests: Int
        package var cost: Picodollars

        package init(month: CalendarMonth, requests: Int, cost: Picodollars) {
            self.month = month
            self.requests = requests
            self.cost = cost
        }
    }

    package var month: CalendarMonth
    /// When the month was closed; nil while its figures may change.
    package var closed: Timestamp?
    /// In whose calendar the month and its days begin.
    package var zone: ClockZone
    /// Calls settled before this moment are counted.
    package var asOf: Timestamp
    package var keys: [CostKey]
    package var filters: [CostFilter]
    /// By descending cost; in the order of time if they are split by it.
    package var rows: [Row]
    /// Successful calls, for the unit cost.
    package var successfulRequests = 0
    /// How many users made calls.
    package var activeUsers = 0
    /// Calls without reported usage, which were charged the full hold, and their cost.
    package var estimatedRequests = 0
    package var estimatedCost = Picodollars.zero
    /// Calls not settled yet, and what they hold.
    package var openRequests = 0
    package var held = Picodollars.zero
    package var budget: Picodollars?
    /// The first and the last day on which the prices of the calls were read from their source, and nil without calls.
    package var pricesRetrieved: ClosedRange<Timestamp>?
    /// Whether some of the prices are contracted ones.
    package var hasDiscount = false
    /// Cost by day of the month, the 1st first, up to the day of `asOf`.
    package var daily: [Picodollars] = []
    /// Calls refused because their model has no price; they are not in any row. Nil if that is not known of the filtered
    /// calls.
    package var unpricedRequests: Int?
    /// The part of the total that is not of live calls.
    package var nonLive = NonLiveCost()
    /// Parts of the rows, by the closed month that they correct, oldest first.
    package var corrections: [Correction] = []
    package var previous: Previous?
    package var waste = Waste()
    package var cache = CacheEffect()
    /// What the month is expected to cost; nil before there is any traffic, once the month is over, and for a part of it.
    package var forecast: PeriodForecast?
    /// Which of the two ceilings is reached first in this month.
    package var outlook: CeilingOutlook = .unlimited
    /// What the newest comparison of the month with its bill found; nil without one, and for a part of a month.
    package var reconciliation: ReconciliationVerdict?
    /// What a bill may have of the month: all calls but simulated ones, whenever they were learned of. Nil if that is what the
    /// rows have.
    package var billableTotal: Picodollars?

    package init(
        month: CalendarMonth,
        asOf: Timestamp,
        keys: [CostKey],
        filters: [CostFilter] = [],
        zone: ClockZone = .utc,
        rows: [Row]
    ) {
        self.month = month
        self.asOf = asOf
        self.keys = keys
        self.filters = filters
        self.zone = zone
        self.rows = rows
    }

    /// The whole month.
    package var period: Range<Timestamp> {
        zone.start(of: month)..<zone.start(of: month.next)
    }

    package var isOver: Bool { asOf >= period.upperBound }

    package var total: Picodollars {
        rows.reduce(.zero) { $0 + $1.cost }
    }

    /// Whether the calls no longer cost what was compared with the bill. Simulated ones never are.
    package var hasChangedSinceReconciliation: Bool {
        reconciliation.map { $0.recorded != billableTotal ?? total - nonLive.simulated } ?? false
    }

    /// Whether the newest comparison with the bill found no difference, and still holds.
    package var isReconciled: Bool {
        reconciliation?.status == .reconciled && !hasChangedSinceReconciliation
    }

    package var requests: Int {
        rows.reduce(0) { $0 + $1.requests }
    }

    /// The cost of the month's own calls, which its budget is compared with.
    package var ownTotal: Picodollars {
        total - corrections.reduce(.zero) { $0 + $1.cost }
    }

    package var usage: TokenUsage {
        rows.reduce(into: TokenUsage()) { $0 += $1.usage }
    }

    /// The projected cost of the whole month at its rate so far; nil before its third day, when a rate says little, and
    /// the total itself once the month is over.
    package var runRate: Picodollars? {
        Self.runRate(spent: ownTotal, period, asOf: asOf)
    }

    package static func runRate(spent: Picodollars, month: CalendarMonth, asOf: Timestamp) -> Picodollars? {
        runRate(spent: spent, month.start..<month.end, asOf: asOf)
    }

    package static func runRate(spent: Picodollars, _ period: Range<Timestamp>, asOf: Timestamp) -> Picodollars? {
        if asOf >= period.upperBound { return spent }
        guard asOf >= period.lowerBound + TrafficForecast.sureSeconds else { return nil }
        let elapsed = asOf - period.lowerBound
        return Picodollars(spent.rawValue * Int128(period.upperBound - period.lowerBound) / Int128(elapsed))
    }
}
