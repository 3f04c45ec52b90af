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
    /// What live calls have spent; other calls use up no budget.
    package var spent: Picodollars
    package var held: Picodollars
    /// What sets the limit.
    package var source: Source?
    /// What calls of the same scope cost that use up no budget.
    package var nonLive: NonLiveCost

    package init(
        scope: BudgetScope,
        limit: Picodollars? = nil,
        spent: Picodollars = .zero,
        held: Picodollars = .zero,
        source: Source? = nil,
        nonLive: NonLiveCost = NonLiveCost()
    ) {
        self.scope = scope
        self.limit = limit
        self.spent = spent
        self.held = held
        self.source = source
        self.nonLive = nonLive
    }

    /// Returns the budgets of a month. The one for all calls comes first: the store's or, if the store has none,
    /// `configured`.
    package static func all(
        _ stored: [(scope: BudgetScope, limit: Picodollars, totals: SourceTotals)],
        totals: SourceTotals,
        configured: Picodollars?
    ) -> [BudgetLine] {
        let lines = stored.map { BudgetLine($0.scope, $0.limit, $0.totals, .store) }
        if lines.first?.scope == .all { return lines }
        return [BudgetLine(.all, configured, totals, configured.map { _ in .environment })] + lines
    }

    private init(_ scope: BudgetScope, _ limit: Picodollars?, _ totals: SourceTotals, _ source: Source?) {
        self.init(
            scope: scope,
            limit: limit,
            spent: totals[.live].spent,
            held: totals[.live].held,
            source: source,
            nonLive: NonLiveCost(totals)
        )
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
