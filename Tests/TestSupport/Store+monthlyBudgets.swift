package import PurserCore
package import PurserStore

// Budgets of calendar months, which most tests are about.

extension Store {
    package func setBudget(_ limit: Picodollars, for scope: BudgetScope, at time: Timestamp) throws {
        try setBudget(Budget(scope: scope, limit: limit), at: time)
    }

    /// Returns the store's monthly budgets and what a month has used of them.
    package func budgets(_ month: CalendarMonth) throws -> [BudgetStanding] {
        try budgetLines(at: month.start, limit: nil, quota: nil).compactMap { line in
            guard line.source == .store, line.budget.window == .month, let limit = line.budget.limit else { return nil }
            return BudgetStanding(
                scope: line.budget.scope,
                limit: limit,
                spent: line.used.spent,
                held: line.used.held
            )
        }
    }
}

extension BudgetExcess {
    package init(
        scope: BudgetScope,
        total: MonthTotal,
        limit: Picodollars? = nil,
        requests: Int? = nil,
        in month: CalendarMonth
    ) {
        self.init(
            budget: Budget(scope: scope, limit: limit, requests: requests),
            total: total,
            resets: month.end
        )
    }
}
