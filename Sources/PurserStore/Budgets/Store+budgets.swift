import GRDB
package import PurserCore
import Synchronization

extension Store {
    /// Sets a budget in place of the one that the scope has for the same window, and counts what its present period has
    /// already used. It takes effect at the next reservation of every process.
    ///
    /// A monthly budget for all calls replaces the one that a process was configured with.
    package func setBudget(_ budget: Budget, at time: Timestamp) throws {
        if let limit = budget.limit, limit < .zero {
            throw StoreError(.failed, path: path, detail: "a budget cannot be \(limit) dollars")
        }
        if let requests = budget.requests, requests < 0 {
            throw StoreError(.failed, path: path, detail: "a budget cannot be \(requests) requests")
        }
        try write { db in
            let (scope, name) = budget.scope.key
            try db.execute(
                sql: """
                    INSERT INTO budget (scope, name, time_window, zone, amount, requests, since)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (scope, name, time_window)
                    DO UPDATE SET zone = ?4, amount = ?5, requests = ?6, since = ?7
                    """,
                arguments: [
                    scope, name, budget.window.rawValue, budget.zone.name, budget.limit.map { String($0.rawValue) },
                    budget.requests, time.milliseconds,
                ]
            )
            try countAgain(budget.scope, at: time, db)
        }
    }

    /// Removes a budget; returns false if the scope has none for that window.
    @discardableResult
    package func removeBudget(for scope: BudgetScope, _ window: BudgetWindow = .month, at time: Timestamp) throws
        -> Bool
    {
        try write { db in
            let key = scope.key
            try db.execute(
                sql: "DELETE FROM budget WHERE scope = ? AND name = ? AND time_window = ?",
                arguments: [key.scope, key.name, window.rawValue]
            )
            guard db.changesCount > 0 else { return false }
            try countAgain(scope, at: time, db)
            return true
        }
    }

    /// Returns the store's budgets: those for all calls first, then by kind and name; of one scope, the longest window
    /// first.
    package func budgets() throws -> [Budget] {
        try read(budgets)
    }

    func budgets(_ db: Database) throws -> [Budget] {
        let rows = try Row.fetchAll(db, sql: "SELECT scope, name, time_window, zone, amount, requests FROM budget")
        let budgets = try rows.map { row in
            let (scope, name): (String, String) = (row[0], row[1])
            guard let scope = BudgetScope(scope: scope, name: name), let window = BudgetWindow(rawValue: row[2]),
                let zone = ClockZone(row[3])
            else {
                throw StoreError(.corrupt, path: path, detail: "a budget has an unknown scope, window or time zone")
            }
            let amount = try (row[4] as String?).map(number)
            return Budget(
                scope: scope,
                window: window,
                zone: zone,
                limit: amount.map { Picodollars($0) },
                requests: row[5]
            )
        }
        let order = Dictionary(
            uniqueKeysWithValues: BudgetScope.Kind.allCases.enumerated().map { ($0.element, $0.offset) }
        )
        return budgets.sorted { a, b in
            func rank(_ budget: Budget) -> (Int, String, Int) {
                (order[budget.scope.kind] ?? 0, budget.scope.name ?? "", -budget.window.index)
            }
            return rank(a) < rank(b)
        }
    }

    /// Returns the budgets for a reservation, from memory if they are still those of the store.
    func budgetTable(_ db: Database) throws -> BudgetTable {
        let select = try db.cachedStatement(sql: "SELECT number FROM budget_state")
        let number = try Int64.fetchOne(select)
        if let number, let known = identifiers.withLock({ $0.budgets }), known.number == number { return known.table }
        let table = BudgetTable(try budgets(db))
        // Numbers are random, so that no state that was undone can be mistaken for a later one.
        if let number { identifiers.withLock { $0.budgets = (number, table) } }
        return table
    }

    func number(_ text: String) throws -> Int128 {
        guard let number = Int128(text) else {
            throw StoreError(.corrupt, path: path, detail: "an amount of a budget is not a number")
        }
        return number
    }

    /// Returns whether the ledger has a call in any month that counts towards a budget.
    package func hasCall(in scope: BudgetScope) throws -> Bool {
        try read { db in
            let condition = scope.kind == .all ? "?1 = ''" : "\(scope.kind.rawValue) = ?1"
            return try Bool.fetchOne(
                db,
                sql: "SELECT 1 FROM ledger WHERE \(condition) LIMIT 1",
                arguments: [scope.name ?? ""]
            ) != nil
        }
    }
}
