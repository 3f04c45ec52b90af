import GRDB
package import PurserCore

extension Store {
    /// Sets the budget for each calendar month, starting with the month of `time`, and counts what that month has
    /// already used.
    ///
    /// A budget for all calls replaces the one that a process was configured with.
    package func setBudget(_ limit: Picodollars, for scope: BudgetScope, at time: Timestamp) throws {
        guard limit >= .zero else {
            throw StoreError(.failed, path: path, detail: "a budget cannot be \(limit) dollars")
        }
        try write { db in
            let (kind, name) = scope.key
            try db.execute(
                sql: "INSERT INTO budget VALUES (?1, ?2, ?3) ON CONFLICT (scope, name) DO UPDATE SET amount = ?3",
                arguments: [kind.rawValue, name, String(limit.rawValue)]
            )
            guard kind != .all else { return }
            let month = CalendarMonth(containing: time)
            try setTotal(month, scope, try ledgerTotal(month, scope, db), db)
        }
    }

    /// Removes a budget; returns false if the scope has no budget.
    @discardableResult
    package func removeBudget(for scope: BudgetScope) throws -> Bool {
        try write { db in
            let (kind, name) = scope.key
            // The totals would not be kept up to date, so they must not exist when the budget is set again.
            for table in ["budget_total", "budget"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE scope = ? AND name = ?",
                    arguments: [kind.rawValue, name]
                )
            }
            return db.changesCount > 0
        }
    }

    /// Returns the store's budgets and how much of each a month has used: the budget for all calls first, then the
    /// others by scope and name.
    package func budgets(_ month: CalendarMonth) throws -> [BudgetStanding] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT scope, name, amount FROM budget ORDER BY scope, name")
            let standings = try rows.map { row in
                let (kind, name) = try key(row)
                let scope = BudgetScope(kind, name)
                let total = try storedTotal(month, scope, db) ?? ledgerTotal(month, scope, db)
                let limit = Picodollars(try number(row[2]))
                return (kind, BudgetStanding(scope: scope, limit: limit, spent: total.spent, held: total.held))
            }
            return BudgetScope.Kind.allCases.flatMap { kind in standings.filter { $0.0 == kind }.map(\.1) }
        }
    }

    /// Returns whether the ledger has a call in any month that counts towards a budget.
    package func hasCall(in scope: BudgetScope) throws -> Bool {
        try read { db in
            let (kind, name) = scope.key
            let condition = kind == .all ? "?1 = ''" : "\(kind.rawValue) = ?1"
            return try Bool.fetchOne(db, sql: "SELECT 1 FROM ledger WHERE \(condition) LIMIT 1", arguments: [name])
                != nil
        }
    }

    /// Returns the totals that a call in a month counts towards; `limit` is the budget for all calls if the store does
    /// not have one.
    func budgetAccounts(_ month: CalendarMonth, _ caller: Caller, limit: Picodollars?, _ db: Database) throws
        -> BudgetAccounts
    {
        var accounts = BudgetAccounts(
            month: month,
            list: [.init(scope: .all, limit: limit, total: try monthTotal(month, db))]
        )
        let select = try db.cachedStatement(
            sql: """
                SELECT scope, name, amount FROM budget WHERE (scope, name)
                    IN (VALUES ('all', ''), ('team', ?), ('user', ?), ('access_key', ?))
                """
        )
        for row in try Row.fetchAll(select, arguments: [caller.team, caller.user, caller.accessKey]) {
            let (kind, name) = try key(row)
            let limit = Picodollars(try number(row[2]))
            if kind == .all {
                accounts.list[0].limit = limit
            } else {
                let scope = BudgetScope(kind, name)
                let total = try storedTotal(month, scope, db) ?? ledgerTotal(month, scope, db)
                accounts.list.append(.init(scope: scope, limit: limit, total: total))
            }
        }
        return accounts
    }

    func store(_ accounts: BudgetAccounts, _ db: Database) throws {
        for account in accounts.list {
            try setTotal(accounts.month, account.scope, account.total, db)
        }
    }

    private func storedTotal(_ month: CalendarMonth, _ scope: BudgetScope, _ db: Database) throws -> MonthTotal? {
        let (kind, name) = scope.key
        if kind == .all { return try monthTotal(month, db) }
        let select = try db.cachedStatement(
            sql: "SELECT requests, spent, held FROM budget_total WHERE month = ? AND scope = ? AND name = ?"
        )
        let row = try Row.fetchOne(select, arguments: [month.description, kind.rawValue, name])
        return try row.map { row in
            MonthTotal(requests: row[0], spent: Picodollars(try number(row[1])), held: Picodollars(try number(row[2])))
        }
    }

    private func setTotal(_ month: CalendarMonth, _ scope: BudgetScope, _ total: MonthTotal, _ db: Database) throws {
        let (kind, name) = scope.key
        if kind == .all { return try setMonthTotal(month, total, db) }
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO budget_total (month, scope, name, requests, spent, held) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (month, scope, name) DO UPDATE SET requests = ?4, spent = ?5, held = ?6
                """
        )
        try upsert.execute(arguments: [
            month.description, kind.rawValue, name, total.requests, String(total.spent.rawValue),
            String(total.held.rawValue),
        ])
    }

    private func key(_ row: Row) throws -> (BudgetScope.Kind, String) {
        guard let kind = BudgetScope.Kind(rawValue: row[0]) else {
            throw StoreError(.corrupt, path: path, detail: "a budget has an unknown scope")
        }
        return (kind, row[1])
    }

    private func number(_ text: String) throws -> Int128 {
        guard let number = Int128(text) else {
            throw StoreError(.corrupt, path: path, detail: "an amount of a budget is not a number")
        }
        return number
    }

    // Totals counted from the ledger itself.

    /// Returns the total of a scope's calls in a month, counted row by row.
    func ledgerTotal(_ month: CalendarMonth, _ scope: BudgetScope, _ db: Database) throws -> MonthTotal {
        let (kind, name) = scope.key
        let condition = kind == .all ? "?3 = ''" : "\(kind.rawValue) = ?3"
        let row = try Row.fetchOne(
            db,
            sql: "SELECT \(Self.totals) FROM ledger WHERE time >= ?1 AND time < ?2 AND \(condition)",
            arguments: [month.start.milliseconds, month.end.milliseconds, name]
        )
        return row.map { Self.total($0, at: 0) } ?? MonthTotal()
    }

    /// Returns the faults in the running totals of budgets, one sentence for each.
    func differingBudgets(_ db: Database) throws -> [String] {
        let stored = try Row.fetchAll(
            db,
            sql: "SELECT scope, name, month, requests, spent, held FROM budget_total ORDER BY month, scope, name"
        )
        // One pass over the ledger for each month and kind of scope, however many names there are.
        var counted: [String: [String: MonthTotal]] = [:]
        return try stored.compactMap { row in
            let (kind, name) = try key(row)
            guard let month = CalendarMonth(row[2] as String) else {
                return "\(row[2] as String) is not a valid month"
            }
            let pass = "\(month) \(kind.rawValue)"
            let names = try counted[pass] ?? ledgerTotals(month, kind, db)
            counted[pass] = names
            let expected = names[name] ?? MonthTotal()
            let found = MonthTotal(
                requests: row[3],
                spent: Picodollars(try number(row[4])),
                held: Picodollars(try number(row[5]))
            )
            if found == expected { return nil }
            return "the total of \(kind.rawValue.replacing("_", with: " ")) \(name) in \(month) "
                + Self.difference(found, ledger: expected)
        }
    }

    /// Returns the totals of a month's calls for each name in one kind of scope, counted row by row.
    func ledgerTotals(_ month: CalendarMonth, _ kind: BudgetScope.Kind, _ db: Database) throws
        -> [String: MonthTotal]
    {
        let column = kind.rawValue
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(column), \(Self.totals) FROM ledger
                WHERE time >= ? AND time < ? AND \(column) IS NOT NULL GROUP BY 1
                """,
            arguments: [month.start.milliseconds, month.end.milliseconds]
        )
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, Self.total($0, at: 1)) })
    }

    static func difference(_ found: MonthTotal, ledger: MonthTotal) -> String {
        "says \(found.requests) calls, \(found.spent) spent, \(found.held) held; the ledger has \(ledger.requests),"
            + " \(ledger.spent), \(ledger.held)"
    }

    /// Whole dollars and the rest are summed separately: SQLite's own sum would overflow at nine million dollars.
    private static let totals = """
        count(*), coalesce(sum(cost / \(dollar)), 0), coalesce(sum(cost % \(dollar)), 0),
        coalesce(sum(hold / \(dollar)) FILTER (WHERE settled_time IS NULL), 0),
        coalesce(sum(hold % \(dollar)) FILTER (WHERE settled_time IS NULL), 0)
        """

    private static func total(_ row: Row, at index: Int) -> MonthTotal {
        MonthTotal(requests: row[index], spent: sum(row, at: index + 1), held: sum(row, at: index + 3))
    }
}
