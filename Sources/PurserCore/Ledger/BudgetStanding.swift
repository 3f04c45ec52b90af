/// The running totals of a calendar month.
public struct MonthTotal: Sendable, Equatable {
    public var requests: Int
    public var spent: Picodollars
    /// Held by calls that are not settled.
    public var held: Picodollars

    public init(requests: Int = 0, spent: Picodollars = .zero, held: Picodollars = .zero) {
        self.requests = requests
        self.spent = spent
        self.held = held
    }
}

/// A budget, and how much of it a calendar month has used.
public struct BudgetStanding: Sendable, Equatable {
    public var scope: BudgetScope
    public var limit: Picodollars
    public var spent: Picodollars
    public var held: Picodollars

    public init(scope: BudgetScope, limit: Picodollars, spent: Picodollars, held: Picodollars) {
        self.scope = scope
        self.limit = limit
        self.spent = spent
        self.held = held
    }

    /// The amount that the next call may hold; zero if a budget was lowered below what is spent and held.
    public var remaining: Picodollars {
        max(.zero, limit - spent - held)
    }
}

/// The budget that a call does not fit into: of several, the one with the least left.
public struct BudgetExcess: Sendable, Equatable {
    public var scope: BudgetScope
    /// The month's calls of that scope, not counting the refused one.
    public var total: MonthTotal
    /// The whole limit, even if the call might use only a percentage of it.
    public var limit: Picodollars

    public init(scope: BudgetScope, total: MonthTotal, limit: Picodollars) {
        self.scope = scope
        self.total = total
        self.limit = limit
    }
}
