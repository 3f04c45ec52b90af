/// A budget as reports show it.
package struct BudgetLine: Sendable, Equatable {
    package enum Source: Sendable {
        case store
        /// PURSERD_BUDGET_USD.
        case environment
    }

    package var scope: BudgetScope
    /// Nil if no budget is set.
    package var limit: Picodollars?
    package var spent: Picodollars
    package var held: Picodollars
    /// What sets the limit.
    package var source: Source?

    package init(
        scope: BudgetScope,
        limit: Picodollars? = nil,
        spent: Picodollars = .zero,
        held: Picodollars = .zero,
        source: Source? = nil
    ) {
        self.scope = scope
        self.limit = limit
        self.spent = spent
        self.held = held
        self.source = source
    }

    /// Returns the budgets of a month. The one for all calls comes first: the store's or, if the store has none,
    /// `configured`.
    package static func all(_ stored: [BudgetStanding], total: MonthTotal, configured: Picodollars?) -> [BudgetLine] {
        let lines = stored.map { standing in
            BudgetLine(
                scope: standing.scope,
                limit: standing.limit,
                spent: standing.spent,
                held: standing.held,
                source: .store
            )
        }
        if lines.first?.scope == .all { return lines }
        let source = configured.map { _ in Source.environment }
        return [BudgetLine(scope: .all, limit: configured, spent: total.spent, held: total.held, source: source)]
            + lines
    }

    package var remaining: Picodollars? {
        limit.map { max(.zero, $0 - spent - held) }
    }

    package var isUsedUp: Bool {
        limit.map { spent + held >= $0 } ?? false
    }
}

extension BudgetScope {
    /// Nil for all calls.
    package var name: String? {
        switch self {
        case .all: nil
        case .team(let name), .user(let name), .accessKey(let name): name
        }
    }

    /// The kind of the scope in plain words.
    package var word: String {
        switch self {
        case .all: "all calls"
        case .team: "team"
        case .user: "user"
        case .accessKey: "access key"
        }
    }
}
