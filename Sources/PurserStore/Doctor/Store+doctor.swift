import GRDB
package import PurserCore

extension Store {
    /// Checks the file's pages, its references, and the totals of months and budgets against the ledger.
    package func health() throws -> StoreHealth {
        try read { db in
            let faults = try copyFaults(db) + differingTotals(db) + differingClosedMonths(db)
            func count(_ sql: String) throws -> Int {
                try Int.fetchOne(db, sql: sql) ?? 0
            }
            let blocks = try blockSizes(db)
            return StoreHealth(
                sqliteVersion: try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "unknown",
                fileBytes: Self.fileSize(realPath),
                walBytes: walBytes,
                series: try count("SELECT count(*) FROM series"),
                points: try count("SELECT count(*) FROM point"),
                blocks: blocks.hours,
                blockBytes: blocks.bytes,
                expectedBlockBytes: blocks.expectedBytes,
                freeBytes: try count("PRAGMA freelist_count") * count("PRAGMA page_size"),
                ledgerRows: try count("SELECT count(*) FROM ledger"),
                countedDays: try count("SELECT count(*) FROM ledger_day WHERE state <> 'counting'"),
                removedDays: try count("SELECT count(*) FROM ledger_day WHERE state IN ('removing', 'removed')"),
                openReservations: try count("SELECT count(*) FROM ledger WHERE outcome = '\(Self.reservedOutcome)'"),
                pendingMessages: try count("SELECT count(*) FROM outbox WHERE status = 'pending'"),
                failedMessages: try count("SELECT count(*) FROM outbox WHERE status = 'failed'"),
                faults: faults
            )
        }
    }

    func differingMonths(_ db: Database) throws -> [String] {
        let rows = try Row.fetchAll(db, sql: "SELECT month, source FROM month_total")
        return try rows.compactMap { row in
            let name: String = row[0]
            let source = try callSource(row[1])
            guard let month = CalendarMonth(name) else { return "\(name) is not a valid month" }
            let stored = try monthTotal(month, source, db)
            let counted = try countedTotal(month, source, db)
            return stored == counted
                ? nil : "the total of \(source.inTotals)\(name) " + Self.difference(stored, ledger: counted)
        }
    }
}
