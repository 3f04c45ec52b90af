import GRDB
package import PurserCore

extension Store {
    /// Returns the budgets in the periods of `time`, and how much of each is used, in one snapshot. The budget for all
    /// calls of the month in UTC comes first: `limit` and `quota` are those of the process, for what the store does not
    /// limit.
    package func budgetLines(at time: Timestamp, limit: Picodollars?, quota: Int?) throws -> [BudgetLine] {
        try snapshot {
            try read { db in
                let stored = try budgets(db)
                let table = BudgetTable(stored)
                let whole = table.ofAll(limit: limit, requests: quota)
                let month = CalendarMonth(containing: time)
                let isStored = table.limiting(.all).contains(where: \.isOfAllInMonth)
                let first = BudgetLine(
                    whole[0],
                    month.start..<month.end,
                    try monthTotals(month),
                    isStored ? .store : whole[0].limit == nil && whole[0].requests == nil ? nil : .environment
                )
                return try [first] + stored.filter { !$0.isOfAllInMonth }.map { try line($0, at: time, db) }
            }
        }
    }

    private func line(_ budget: Budget, at time: Timestamp, _ db: Database) throws -> BudgetLine {
        let period = budget.period(containing: time)
        let (scope, kind) = (budget.scope, budget.scope.kind)
        var totals = SourceTotals()
        guard scope.isEach else {
            for source in CallSource.allCases { totals[source] = try ledgerTotal(period, scope, source, db) }
            return BudgetLine(budget, period, totals, .store)
        }
        let names = try ledgerTotals(period, kind, .live, db).filter { name, _ in
            // A name's own budget takes the place of this one.
            try !hasBudget(.named(kind, name.text), budget.window, db)
        }
        func rank(_ entry: (key: ExactText, value: MonthTotal)) -> (Picodollars, Int, String) {
            let total = entry.value
            return (budget.limit == nil ? .zero : total.spent + total.held, total.requests, entry.key.text)
        }
        let fullest = names.max { rank($0) < rank($1) }
        guard let fullest else { return BudgetLine(budget, period, source: .store) }
        totals[.live] = fullest.value
        var line = BudgetLine(budget, period, totals, .store)
        line.fullest = fullest.key.text
        return line
    }

    private func hasBudget(_ scope: BudgetScope, _ window: BudgetWindow, _ db: Database) throws -> Bool {
        let key = scope.key
        return try Bool.fetchOne(
            db,
            sql: "SELECT 1 FROM budget WHERE scope = ? AND name = ? AND time_window = ?",
            arguments: [key.scope, key.name, window.rawValue]
        ) != nil
    }

    /// Returns the access keys, with what the live calls of each have spent in a month, and its budget for a month, in one
    /// snapshot.
    package func accessKeyLines(_ month: CalendarMonth) throws -> [AccessKeyLine] {
        try snapshot {
            let (totals, table) = (try accessKeyTotals(month), BudgetTable(try budgets()))
            return try accessKeys().map { key in
                let budget = table.limiting(.accessKey(key.id)).first { $0.window == .month }
                return AccessKeyLine(
                    key: key,
                    total: totals[ExactText(key.id)] ?? MonthTotal(),
                    budget: budget?.limit
                )
            }
        }
    }
}
