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

    package var isUsedUp: Bool {
        (budget.limit.map { used.spent + used.held >= $0 } ?? false)
            || (budget.requests.map { used.requests >= $0 } ?? false)
    }
}
