/// The running totals of a calendar month.
package struct MonthTotal: Sendable, Equatable {
    package var requests: Int
    package var spent: Picodollars
    /// Held by calls that are not settled yet.
    package var held: Picodollars

    package init(requests: Int = 0, spent: Picodollars = .zero, held: Picodollars = .zero) {
        self.requests = requests
        self.spent = spent
        self.held = held
    }
}

/// A budget, and how much of it has been used in its present period.
package struct BudgetStanding: Sendable, Equatable {
    package var scope: BudgetScope
    package var window: BudgetWindow
    package var limit: Picodollars
    package var spent: Picodollars
    package var held: Picodollars

    package init(
        scope: BudgetScope,
        window: BudgetWindow = .month,
        limit: Picodollars,
        spent: Picodollars,
        held: Picodollars
    ) {
        self.scope = scope
        self.window = window
        self.limit = limit
        self.spent = spent
        self.held = held
    }

    /// The amount that the next call may hold; zero if a budget was lowered below what is spent and held.
    package var remaining: Picodollars {
        max(.zero, limit - spent - held)
    }
}

/// The budget that a call does not fit into.
package struct BudgetExcess: Sendable, Equatable {
    /// With the name that the call counts towards as its scope, and the whole limit, even if the call might use only a
    /// percentage of it.
    package var budget: Budget
    /// The period's calls in that scope, not counting the refused one.
    package var total: MonthTotal
    /// When the period ends.
    package var resets: Timestamp

    package init(budget: Budget, total: MonthTotal, resets: Timestamp) {
        self.budget = budget
        self.total = total
        self.resets = resets
    }
}
