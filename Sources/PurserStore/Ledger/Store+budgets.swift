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
            // Those of other sources are counted when they are first needed.
            let total = try ledgerTotal(month, scope, .live, db)
            try setTotal(month, scope, .live, total, db)
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

    /// Returns the store's budgets and how much of each a month's live calls have used: the budget for all calls first,
    /// then the others by scope and name.
    package func budgets(_ month: CalendarMonth) throws -> [BudgetStanding] {
        try budgetTotals(month).map { scope, limit, totals in
            BudgetStanding(scope: scope, limit: limit, spent: totals[.live].spent, held: totals[.live].held)
        }
    }

    /// Returns the store's budgets and the totals of a month's calls in their scopes, in the order of ``budgets(_:)``.
    func budgetTotals(_ month: CalendarMonth) throws
        -> [(scope: BudgetScope, limit: Picodollars, totals: SourceTotals)]
    {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT scope, name, amount FROM budget ORDER BY scope, name")
            let budgets = try rows.map { row in
                let (kind, name) = try key(row)
                let scope = BudgetScope(kind, name)
                let totals = try CallSource.allCases.reduce(into: SourceTotals()) {
                    $0[$1] = try storedTotal(month, scope, $1, db) ?? ledgerTotal(month, scope, $1, db)
                }
                return (kind, (scope: scope, limit: Picodollars(try number(row[2])), totals: totals))
            }
            return BudgetScope.Kind.allCases.flatMap { kind in budgets.filter { $0.0 == kind }.map(\.1) }
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

    /// Returns the totals that a call in a month counts towards, of the calls of the same source; `limit` is the budget
    /// for all calls if the store does not have one.
    func budgetAccounts(
        _ month: CalendarMonth,
        _ source: CallSource,
        _ caller: Caller,
        limit: Picodollars?,
        _ db: Database
    ) throws -> BudgetAccounts {
        var accounts = BudgetAccounts(
            month: month,
            source: source,
            list: [.init(scope: .all, limit: limit, total: try monthTotal(month, source, db))]
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
                let total = try storedTotal(month, scope, source, db) ?? ledgerTotal(month, scope, source, db)
                accounts.list.append(.init(scope: scope, limit: limit, total: total))
            }
        }
        return accounts
    }

    func store(_ accounts: BudgetAccounts, _ db: Database) throws {
        for account in accounts.list {
            try setTotal(accounts.month, account.scope, accounts.source, account.total, db)
        }
    }

    private func storedTotal(
        _ month: CalendarMonth,
        _ scope: BudgetScope,
        _ source: CallSource,
        _ db: Database
    ) throws -> MonthTotal? {
        let (kind, name) = scope.key
        if kind == .all { return try monthTotal(month, source, db) }
        let select = try db.cachedStatement(
            sql: """
                SELECT requests, spent, held FROM budget_total
                WHERE month = ? AND scope = ? AND name = ? AND source = ?
                """
        )
        let row = try Row.fetchOne(select, arguments: [month.description, kind.rawValue, name, source.rawValue])
        return try row.map { row in
            MonthTotal(requests: row[0], spent: Picodollars(try number(row[1])), held: Picodollars(try number(row[2])))
        }
    }

    private func setTotal(
        _ month: CalendarMonth,
        _ scope: BudgetScope,
        _ source: CallSource,
        _ total: MonthTotal,
        _ db: Database
    ) throws {
        let (kind, name) = scope.key
        if kind == .all { return try setMonthTotal(month, source, total, db) }
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO budget_total (month, scope, name, source, requests, spent, held)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                ON CONFLICT (month, scope, name, source) DO UPDATE SET requests = ?5, spent = ?6, held = ?7
                """
        )
        try upsert.execute(arguments: [
            month.description, kind.rawValue, name, source.rawValue, total.requests, String(total.spent.rawValue),
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

    /// Returns the total of a scope's calls from one source in a month, counted row by row.
    func ledgerTotal(_ month: CalendarMonth, _ scope: BudgetScope, _ source: CallSource, _ db: Database) throws
        -> MonthTotal
    {
        let (kind, name) = scope.key
        let condition = kind == .all ? "?3 = ''" : "\(kind.rawValue) = ?3"
        let row = try Row.fetchOne(
            db,
            sql: "SELECT \(Self.totals) FROM ledger WHERE time >= ?1 AND time < ?2 AND \(condition) AND source = ?4",
            arguments: [month.start.milliseconds, month.end.milliseconds, name, source.rawValue]
        )
        return row.map { Self.total($0, at: 0) } ?? MonthTotal()
    }

    /// Returns the faults in the running totals of budgets, one sentence for each.
    func differingBudgets(_ db: Database) throws -> [String] {
        let stored = try Row.fetchAll(
            db,
            sql: """
                SELECT scope, name, month, source, requests, spent, held FROM budget_total
                ORDER BY month, scope, name, source
                """
        )
        // One pass over the ledger for each month, kind of scope and source, however many names there are.
        var counted: [String: [ExactText: MonthTotal]] = [:]
        return try stored.compactMap { row in
            let (kind, name) = try key(row)
            guard let month = CalendarMonth(row[2] as String) else {
                return "\(row[2] as String) is not a valid month"
            }
            let source = try callSource(row[3])
            let pass = "\(month) \(kind.rawValue) \(source.rawValue)"
            let names = try counted[pass] ?? ledgerTotals(month, kind, source, db)
            counted[pass] = names
            let expected = names[ExactText(name)] ?? MonthTotal()
            let found = MonthTotal(
                requests: row[4],
                spent: Picodollars(try number(row[5])),
                held: Picodollars(try number(row[6]))
            )
            if found == expected { return nil }
            return "the total of \(source.inTotals)\(kind.rawValue.replacing("_", with: " ")) \(name) in \(month) "
                + Self.difference(found, ledger: expected)
        }
    }

    /// Returns the totals of a month's calls from one source for each name in one kind of scope, counted row by row.
    func ledgerTotals(
        _ month: CalendarMonth,
        _ kind: BudgetScope.Kind,
        _ source: CallSource,
        _ db: Database
    ) throws -> [ExactText: MonthTotal] {
        let column = kind.rawValue
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(column), \(Self.totals) FROM ledger
                WHERE time >= ? AND time < ? AND source = ? AND \(column) IS NOT NULL GROUP BY 1
                """,
            arguments: [month.start.milliseconds, month.end.milliseconds, source.rawValue]
        )
        return Dictionary(uniqueKeysWithValues: rows.map { (ExactText($0[0]), Self.total($0, at: 1)) })
    }

    func callSource(_ text: String) throws -> CallSource {
        guard let source = CallSource(rawValue: text) else {
            throw StoreError(.corrupt, path: path, detail: "`\(text)` is not a source of calls")
        }
        return source
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

extension CallSource {
    /// The source before the name of a total; live calls are what a total is usually about.
    var inTotals: String {
        self == .live ? "" : "\(rawValue) calls of "
    }
}
