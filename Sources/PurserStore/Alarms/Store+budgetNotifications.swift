import GRDB
package import PurserCore

extension Store {
    /// Returns the notifications about a budget's thresholds in a period.
    package func budgetNotifications(_ budget: String, _ period: String) throws -> [BudgetNotificationRecord] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT * FROM budget_notification WHERE budget = ? AND month = ?",
                arguments: [budget, period]
            )
            return try rows.map { row in
                guard let kind = BudgetDefinition.Kind(rawValue: row["kind"]),
                    let threshold = Int128(row["threshold"] as String)
                else {
                    throw StoreError(.corrupt, path: path, detail: "a notification of \(budget) cannot be read")
                }
                return BudgetNotificationRecord(
                    budget: budget,
                    period: period,
                    kind: kind,
                    threshold: Picodollars(threshold),
                    isCrossed: row["crossed"] == 1,
                    number: row["number"],
                    time: Timestamp(milliseconds: row["time"])
                )
            }
        }
    }

    /// Returns the budgets whose notifications of a period are recorded and whose names begin so.
    package func notifiedBudgets(_ period: String, prefix: String) throws -> Set<String> {
        try read { db in
            let sql = "SELECT DISTINCT budget FROM budget_notification WHERE month = ? AND substr(budget, 1, ?) = ?"
            return Set(try String.fetchAll(db, sql: sql, arguments: [period, prefix.unicodeScalars.count, prefix]))
        }
    }

    func save(_ record: BudgetNotificationRecord, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO budget_notification (budget, month, kind, threshold, crossed, number, time)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                record.budget, record.period, record.kind.rawValue, String(record.threshold.rawValue),
                record.isCrossed ? 1 : 0, record.number, record.time.milliseconds,
            ]
        )
    }
}
