/// A budget that people set: what the calls of a scope may cost, or how many they may be, in each period of a window.
package struct Budget: Sendable, Hashable {
    package var scope: BudgetScope
    package var window: BudgetWindow
    /// In whose clock and calendar the window begins.
    package var zone: ClockZone
    /// Nil if the cost is not limited.
    package var limit: Picodollars?
    /// The number of calls allowed; nil means any number.
    package var requests: Int?

    package init(
        scope: BudgetScope,
        window: BudgetWindow = .month,
        zone: ClockZone = .utc,
        limit: Picodollars? = nil,
        requests: Int? = nil
    ) {
        self.scope = scope
        self.window = window
        self.zone = zone
        self.limit = limit
        self.requests = requests
    }

    package func period(containing time: Timestamp) -> Range<Timestamp> {
        window.period(containing: time, in: zone)
    }

    /// Whether it counts what the running total of a calendar month counts.
    package var isOfAllInMonth: Bool {
        scope == .all && window == .month && zone == .utc
    }
}

/// The budgets of a store, by what they limit.
package struct BudgetTable: Sendable, Equatable {
    private var budgets: [BudgetScope: [Budget]]

    package init(_ list: [Budget] = []) {
        budgets = Dictionary(grouping: list, by: \.scope)
    }

    /// Returns the budgets that limit the calls of one name, or all calls, with that name as their scope. In its window, a
    /// budget for a name takes the place of the one for each name.
    package func limiting(_ scope: BudgetScope) -> [Budget] {
        let named = budgets[scope] ?? []
        guard scope.kind != .all, let each = budgets[.each(scope.kind)] else { return named }
        let others = each.filter { budget in !named.contains { $0.window == budget.window } }
        return named
            + others.map {
                var budget = $0
                budget.scope = scope
                return budget
            }
    }

    /// Returns the budgets that limit all calls. The first is that of the calendar month in UTC, which may have no limit:
    /// what the store does not limit in a month is limited by the process's own settings.
    package func ofAll(limit: Picodollars?, requests: Int?) -> [Budget] {
        let stored = limiting(.all)
        let month = stored.first { $0.window == .month }
        var first = Budget(
            scope: .all,
            limit: month?.limit == nil ? limit : nil,
            requests: month?.requests == nil ? requests : nil
        )
        guard let month, month.isOfAllInMonth else { return [first] + stored }
        first.limit = first.limit ?? month.limit
        first.requests = first.requests ?? month.requests
        return [first] + stored.filter { $0 != month }
    }

    /// Returns the budget that is set for exactly this scope and window.
    package func own(_ scope: BudgetScope, _ window: BudgetWindow) -> Budget? {
        budgets[scope]?.first { $0.window == window }
    }

    /// Returns the names of a kind that have budgets of their own.
    package func named(_ kind: BudgetScope.Kind) -> [BudgetScope] {
        budgets.keys.filter { $0.kind == kind && !$0.isEach }
    }

    /// Whether a name has a budget of its own, or each name of a kind has.
    package func has(_ scope: BudgetScope) -> Bool {
        budgets[scope] != nil
    }
}
