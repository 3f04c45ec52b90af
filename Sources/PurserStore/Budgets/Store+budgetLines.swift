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
                let first = try monthLine(table, at: time, limit: limit, quota: quota)
                return try [first] + stored.filter { !$0.isOfAllInMonth }.map { try line($0, table, at: time, db) }
            }
        }
    }

    /// Returns one of the budgets of ``budgetLines(at:limit:quota:)``, whether or not it is set.
    package func budgetLine(
        _ scope: BudgetScope,
        _ window: BudgetWindow,
        at time: Timestamp,
        limit: Picodollars?,
        quota: Int?
    ) throws -> BudgetLine {
        try read { db in
            let table = BudgetTable(try budgets(db))
            let stored = table.own(scope, window)
            if let stored, !stored.isOfAllInMonth { return try line(stored, table, at: time, db) }
            let budget = Budget(scope: scope, window: window)
            if budget.isOfAllInMonth { return try monthLine(table, at: time, limit: limit, quota: quota) }
            return BudgetLine(budget, budget.period(containing: time))
        }
    }

    /// Returns the month of one name's live calls up to `time`, counted in the ledger, with the limit and in the zone of the
    /// budget that limits it: its own or, without one, that for each name.
    package func monthLine(of scope: BudgetScope, at time: Timestamp) throws -> BudgetLine {
        try read { db in
            let found = BudgetTable(try budgets(db)).limiting(scope).first { $0.window == .month }
            let budget = found ?? Budget(scope: scope)
            let period = budget.period(containing: time)
            let counted = period.lowerBound..<min(time, period.upperBound)
            let used = try ledgerTotal(counted, scope, .live, db)
            return BudgetLine(budget, period, used: used, source: found == nil ? nil : .store)
        }
    }

    private func monthLine(
        _ table: BudgetTable,
        at time: Timestamp,
        limit: Picodollars?,
        quota: Int?
    ) throws -> BudgetLine {
        let (whole, month) = (table.ofAll(limit: limit, requests: quota)[0], CalendarMonth(containing: time))
        let isStored = table.limiting(.all).contains(where: \.isOfAllInMonth)
        let isLimited = whole.limit != nil || whole.requests != nil
        return BudgetLine(
            whole,
            month.period,
            try monthTotals(month),
            isStored ? .store : isLimited ? .environment : nil
        )
    }

    private func line(_ budget: Budget, _ table: BudgetTable, at time: Timestamp, _ db: Database) throws -> BudgetLine {
        let period = budget.period(containing: time)
        let scope = budget.scope
        var totals = SourceTotals()
        guard scope.isEach else {
            for source in CallSource.allCases {
                let known = try storedTotals(scope, source, db)?.total(budget.window, period)
                // Most stores have calls of one source, and the period need not be searched for the others.
                guard try known != nil || source == .live || hasCalls(from: source, db) else { continue }
                totals[source] = try known ?? ledgerTotal(period, scope, source, db)
            }
            return BudgetLine(budget, period, totals, .store)
        }
        // A name's own budget takes the place of this one.
        let names = try ledgerTotals(period, scope.kind, .live, db).filter { name, _ in
            table.own(.named(scope.kind, name.text), budget.window) == nil
        }
        func share(_ entry: (key: ExactText, value: MonthTotal)) -> (Double, String) {
            let used = entry.value.spent + entry.value.held
            let ofLimit = budget.limit.map { used.dollars / max($0.dollars, .leastNormalMagnitude) } ?? 0
            let ofQuota = budget.requests.map { Double(entry.value.requests) / Double(max($0, 1)) } ?? 0
            return (max(ofLimit, ofQuota), entry.key.text)
        }
        guard let fullest = names.max(by: { share($0) < share($1) }) else {
            return BudgetLine(budget, period, source: .store)
        }
        totals[.live] = fullest.value
        var line = BudgetLine(budget, period, totals, .store)
        line.fullest = fullest.key.text
        return line
    }

    /// Returns whether the store ever had a call from a source.
    private func hasCalls(from source: CallSource, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM month_total WHERE source = ?)",
            arguments: [source.rawValue]
        ) ?? true
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
