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

/// A budget, and how much of it has been used in a calendar month.
package struct BudgetStanding: Sendable, Equatable {
    package var scope: BudgetScope
    package var limit: Picodollars
    package var spent: Picodollars
    package var held: Picodollars

    package init(scope: BudgetScope, limit: Picodollars, spent: Picodollars, held: Picodollars) {
        self.scope = scope
        self.limit = limit
        self.spent = spent
        self.held = held
    }

    /// The amount that the next call may hold; zero if a budget was lowered below what is spent and held.
    package var remaining: Picodollars {
        max(.zero, limit - spent - held)
    }
}

/// The budget that a call does not fit into; if there are several, the one with the least left.
package struct BudgetExcess: Sendable, Equatable {
    package var scope: BudgetScope
    /// The month's calls in that scope, not counting the refused one.
    package var total: MonthTotal
    /// The whole limit, even if the call might use only a percentage of it.
    package var limit: Picodollars

    package init(scope: BudgetScope, total: MonthTotal, limit: Picodollars) {
        self.scope = scope
        self.total = total
        self.limit = limit
    }
}
