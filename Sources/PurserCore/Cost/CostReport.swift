/// The cost of a calendar month so far, split by chosen keys.
package struct CostReport: Sendable, Equatable {
    /// A key that rows can be split by.
    package enum Key: String, Sendable, CaseIterable {
        case model
        case team
        case user
        case application
    }

    package struct Row: Sendable, Equatable {
        /// One value for each of the report's keys; nil means "unallocated".
        package var keys: [String?]
        package var requests: Int
        package var usage: TokenUsage
        package var cost: Picodollars

        package init(keys: [String?], requests: Int, usage: TokenUsage, cost: Picodollars) {
            self.keys = keys
            self.requests = requests
            self.usage = usage
            self.cost = cost
        }
    }

    package var month: CalendarMonth
    /// Calls settled before this moment are counted.
    package var asOf: Timestamp
    package var keys: [Key]
    /// By descending cost.
    package var rows: [Row]
    /// Successful calls, for the unit cost.
    package var successfulRequests: Int
    /// Calls without reported usage, which were charged the full hold, and their cost.
    package var estimatedRequests: Int
    package var estimatedCost: Picodollars
    /// Calls not settled yet, and what they hold.
    package var openRequests: Int
    package var held: Picodollars
    package var budget: Picodollars?
    /// When the prices were read from their source; nil if the catalogue does not say.
    package var pricesRetrieved: String?
    /// Cost by day of the month, the 1st first, up to the day of `asOf`.
    package var daily: [Picodollars]
    /// Calls refused because their model has no price; they are not in any row.
    package var unpricedRequests: Int
    /// The part of the total that is not of live calls.
    package var nonLive: NonLiveCost
    /// What the month is expected to cost; nil before there is any traffic, and once the month is over.
    package var forecast: MonthForecast?
    /// Which of the two ceilings is reached first in this month.
    package var outlook: CeilingOutlook = .unlimited

    package init(
        month: CalendarMonth,
        asOf: Timestamp,
        keys: [Key],
        rows: [Row],
        successfulRequests: Int,
        estimatedRequests: Int,
        estimatedCost: Picodollars,
        openRequests: Int,
        held: Picodollars,
        budget: Picodollars?,
        pricesRetrieved: String?,
        daily: [Picodollars],
        unpricedRequests: Int,
        nonLive: NonLiveCost = NonLiveCost()
    ) {
        self.month = month
        self.asOf = asOf
        self.keys = keys
        self.rows = rows
        self.successfulRequests = successfulRequests
        self.estimatedRequests = estimatedRequests
        self.estimatedCost = estimatedCost
        self.openRequests = openRequests
        self.held = held
        self.budget = budget
        self.pricesRetrieved = pricesRetrieved
        self.daily = daily
        self.unpricedRequests = unpricedRequests
        self.nonLive = nonLive
    }

    package var total: Picodollars {
        rows.reduce(.zero) { $0 + $1.cost }
    }

    package var requests: Int {
        rows.reduce(0) { $0 + $1.requests }
    }

    /// The projected cost of the whole month at its rate so far; nil before its third day, when a rate says little, and
    /// the total itself once the month is over.
    package var runRate: Picodollars? {
        Self.runRate(spent: total, month: month, asOf: asOf)
    }

    package static func runRate(spent: Picodollars, month: CalendarMonth, asOf: Timestamp) -> Picodollars? {
        if asOf >= month.end { return spent }
        guard asOf >= month.start + TrafficForecast.sureSeconds else { return nil }
        let elapsed = asOf - month.start
        return Picodollars(spent.rawValue * Int128(month.end - month.start) / Int128(elapsed))
    }
}
