/// A budget as reports show it.
package struct BudgetLine: Sendable, Equatable {
    package enum Source: Sendable {
        case store
        /// PURSERD_BUDGET_USD, PURSERD_QUOTA.
        case environment
    }

    package var budget: Budget
    /// The period that is shown.
    package var period: Range<Timestamp>
    /// What live calls have used; other calls use up no budget. Of a budget for each name, that of the name in `fullest`.
    package var used: MonthTotal
    /// What sets the limit; nil if no budget is set.
    package var source: Source?
    /// What calls of the same scope cost that use up no budget.
    package var nonLive: NonLiveCost
    /// The name that has used the most of a budget for each name; nil if none has calls.
    package var fullest: String?
    /// What the period is expected to have, in live calls; nil without any before.
    package var forecast: PeriodForecast?
    /// Which of the two limits is reached first in the period.
    package var outlook: CeilingOutlook = .unlimited

    package init(
        _ budget: Budget,
        _ period: Range<Timestamp>,
        used: MonthTotal = MonthTotal(),
        source: Source? = nil,
        nonLive: NonLiveCost = NonLiveCost(),
        fullest: String? = nil
    ) {
        self.budget = budget
        self.period = period
        self.used = used
        self.source = source
        self.nonLive = nonLive
        self.fullest = fullest
    }

    package init(_ budget: Budget, _ period: Range<Timestamp>, _ totals: SourceTotals, _ source: Source?) {
        self.init(budget, period, used: totals[.live], source: source, nonLive: NonLiveCost(totals))
    }

    /// What is left of the amount; nil if the cost is not limited.
    package var remaining: Picodollars? {
        budget.limit.map { max(.zero, $0 - used.spent - used.held) }
    }

    /// Whose calls the figures are of: of a budget for each name, those of the name in `fullest`.
    package var usedScope: BudgetScope? {
        budget.scope.isEach ? fullest.map { .named(budget.scope.kind, $0) } : budget.scope
    }

    /// Adds the forecast of the period that contains `at`.
    package mutating func forecast(_ traffic: TrafficForecast?, at: Timestamp) {
        let limit = PeriodLimit(dollars: budget.limit, requests: budget.requests)
        forecast = traffic.map { PeriodForecast(period, used, limit: limit, $0) }
        outlook = CeilingOutlook(period, at: at, used, limit: limit, traffic).known(from: forecast)
    }

    package var isUsedUp: Bool {
        (budget.limit.map { used.spent + used.held >= $0 } ?? false)
            || (budget.requests.map { used.requests >= $0 } ?? false)
    }
}
