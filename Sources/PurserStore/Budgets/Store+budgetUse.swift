import GRDB
package import PurserCore

extension Store {
    /// Returns what the budgets of the store, each with a limit in dollars, have used in the periods of `time`; of a budget
    /// for each name, the names that are near their limit, those that have used the most first.
    ///
    /// - Parameter end: Only the periods that have ended by then; nil means all.
    package func budgetUse(at time: Timestamp, inPeriodsEndedBy end: Timestamp? = nil) throws -> [BudgetUse] {
        try read { db in
            let budgets = try budgets(db)
            let table = BudgetTable(budgets)
            return try budgets.flatMap { budget -> [BudgetUse] in
                let period = budget.period(containing: time)
                guard let limit = budget.limit, end.map({ period.upperBound <= $0 }) ?? true else { return [] }
                if budget.scope.isEach { return try uses(of: budget, limit, period, hasEnded: end != nil, table, db) }
                let spent: Picodollars
                if budget.isOfAllInMonth {
                    spent = try monthTotal(CalendarMonth(containing: time), .live, db).spent
                } else {
                    let known = try storedTotals(budget.scope, .live, db)?.total(budget.window, period)
                    spent = try (known ?? ledgerTotal(period, budget.scope, .live, db)).spent
                }
                let refused = try refused(budget, period, db)
                let isRefusing = refused.contains(ExactText(budget.scope.name ?? ""))
                return [BudgetUse(budget: budget, limit: limit, period: period, spent: spent, isRefusing: isRefusing)]
            }
        }
    }

    private func uses(
        of each: Budget,
        _ limit: Picodollars,
        _ period: Range<Timestamp>,
        hasEnded: Bool,
        _ table: BudgetTable,
        _ db: Database
    ) throws -> [BudgetUse] {
        let refused = try refused(each, period, db)
        var spent = Dictionary(uniqueKeysWithValues: refused.map { ($0, Picodollars.zero) })
        if hasEnded {
            // The rows of the names may be those of later periods.
            for (name, total) in try ledgerTotals(period, each.scope.kind, .live, db) { spent[name] = total.spent }
        } else {
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT name, latest, \(Self.totalColumns.joined(separator: ", ")) FROM budget_total
                    WHERE scope = ? AND source = 'live' AND \(each.window.rawValue)_start = ?
                    """,
                arguments: [each.scope.kind.rawValue, period.lowerBound.milliseconds]
            )
            for row in rows {
                spent[ExactText(row[0])] = try totals(row, at: 1).total(each.window, period)?.spent ?? .zero
            }
        }
        let uses = spent.compactMap { name, spent -> BudgetUse? in
            var budget = each
            budget.scope = .named(each.scope.kind, name.text)
            let own = table.limiting(budget.scope).first { $0.window == each.window }
            let use = BudgetUse(
                budget: budget,
                limit: limit,
                period: period,
                spent: spent,
                isRefusing: refused.contains(name),
                isOfEach: true
            )
            // A name's own budget takes the place of this one.
            return own == budget && use.isNear ? use : nil
        }
        return Array(
            uses.sorted { ($1.spent, $0.budget.scope.name ?? "") < ($0.spent, $1.budget.scope.name ?? "") }
                .prefix(BudgetUse.mostNames)
        )
    }

    /// Returns the names whose calls a budget has refused in a period; an empty one for all calls.
    private func refused(_ budget: Budget, _ period: Range<Timestamp>, _ db: Database) throws -> Set<ExactText> {
        let key = budget.scope.key
        let column = budget.scope.kind == .all ? "''" : budget.scope.kind.rawValue
        let names = try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT \(column) FROM refused_request
                WHERE signed_in IN (0, 1) AND time >= ? AND time < ? AND code = 'budget_exceeded' AND reason = ?
                    AND \(column) IS NOT NULL
                    AND time >= (SELECT since FROM budget WHERE scope = ? AND name = ? AND time_window = ?)
                """,
            arguments: [
                period.lowerBound.milliseconds, period.upperBound.milliseconds, budget.refusalReason, key.scope,
                key.name, budget.window.rawValue,
            ]
        )
        return Set(names.map(ExactText.init))
    }
}
