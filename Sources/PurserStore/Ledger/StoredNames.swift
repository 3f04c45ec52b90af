import GRDB
import PurserCore

/// Brings the names of an old store into normal form C, in which they are compared since migration 8.
///
/// SQL cannot do this. Without it, a budget for a name in another form would apply to no call any more.
enum StoredNames {
    /// The migration that this belongs to.
    static let migration = "0008-sources"

    private static let columns = [
        ("ledger", ["user", "team", "application"]), ("access_key", ["user", "team"]),
        ("dead_letter", ["user", "team", "application"]),
    ]

    static func normalise(_ db: Database) throws {
        for (table, columns) in columns {
            for column in columns {
                let names = try String.fetchAll(
                    db,
                    sql: "SELECT DISTINCT \(column) FROM \(table) WHERE \(column) <> ''"
                )
                for name in names where ExactText(name.normalised) != ExactText(name) {
                    try db.execute(
                        sql: "UPDATE \(table) SET \(column) = ? WHERE \(column) = ?",
                        arguments: [name.normalised, name]
                    )
                }
            }
        }
        try normaliseBudgets(db)
        try normaliseSeries(db)
        // Calls may now belong to budgets that did not count them; the totals are counted when they are first needed.
        try db.execute(sql: "DELETE FROM budget_total")
    }

    private static func normaliseBudgets(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT scope, name, amount FROM budget") {
            let (scope, name, amount): (String, String, String) = (row[0], row[1], row[2])
            let normal = name.normalised
            guard ExactText(normal) != ExactText(name) else { continue }
            try db.execute(sql: "DELETE FROM budget WHERE scope = ? AND name = ?", arguments: [scope, name])
            // Of two budgets for one name, the lower one holds, so that no call is allowed that one of them refused.
            let other = try String.fetchOne(
                db,
                sql: "SELECT amount FROM budget WHERE scope = ? AND name = ?",
                arguments: [scope, normal]
            )
            let amounts = [amount, other].compactMap(\.self).compactMap { Int128($0) }
            try db.execute(
                sql: "INSERT OR REPLACE INTO budget VALUES (?, ?, ?)",
                arguments: [scope, normal, amounts.min().map(String.init) ?? amount]
            )
        }
    }

    /// Renames series whose dimensions are in another form, except those whose normal form is also stored.
    private static func normaliseSeries(_ db: Database) throws {
        for row in try Row.fetchAll(db, sql: "SELECT id, dimensions FROM series") {
            let text: String = row[1]
            guard ExactText(text.normalised) != ExactText(text) else { continue }
            try db.execute(
                sql: "UPDATE OR IGNORE series SET dimensions = ? WHERE id = ?",
                arguments: [text.normalised, row[0] as Int64]
            )
        }
    }
}
