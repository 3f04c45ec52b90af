import GRDB

extension Store {
    /// Runs `carry`, which brings calls of the attached store `old` into this copy of it, so that the closed months and the
    /// corrections are those of the old store after it.
    func carryingClosings(_ isWanted: Bool, _ db: Database, _ carry: () throws -> Void) throws {
        guard isWanted else { return try carry() }
        // Without closed months, what is carried over is not booked as corrections once more.
        try db.execute(sql: "DELETE FROM main.closed_month")
        try carry()
        let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('ledger_correction', 'main')")
            .filter { $0 != "price" }.joined(separator: ", ")
        try db.execute(
            sql: """
                INSERT INTO main.closed_month SELECT * FROM old.closed_month;
                INSERT OR IGNORE INTO main.price (model_id, content) SELECT model_id, content FROM old.price
                    WHERE id IN (SELECT price FROM old.ledger_correction);
                DELETE FROM main.ledger_correction;
                INSERT INTO main.ledger_correction (\(columns), price) SELECT \(columns),
                    (SELECT mine.id FROM main.price AS mine JOIN old.price AS theirs USING (content)
                        WHERE theirs.id = known.price)
                FROM old.ledger_correction AS known;
                """
        )
    }
}
