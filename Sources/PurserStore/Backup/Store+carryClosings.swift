import GRDB

extension Store {
    /// Runs `carry`, which brings calls of the attached store `old` into this copy of it, so that the closed months and the
    /// corrections are those of the old store after it.
    func carryingClosings(_ isWanted: Bool, _ db: Database, _ carry: () throws -> Void) throws {
        guard isWanted else { return try carry() }
        // Without closed months, what is carried over is not booked as corrections once more.
        try db.execute(sql: "DELETE FROM main.closed_month")
        try carry()
        try carryPrices(of: "old.ledger_correction", db)
        let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('ledger_correction', 'main')")
            .filter { $0 != "price" }.joined(separator: ", ")
        try db.execute(
            sql: """
                INSERT INTO main.closed_month SELECT * FROM old.closed_month;
                DELETE FROM main.ledger_correction;
                INSERT INTO main.ledger_correction (\(columns), price) SELECT \(columns), \(Self.carriedPrice)
                FROM old.ledger_correction AS known;
                """
        )
    }
}
