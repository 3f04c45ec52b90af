import GRDB
import PurserCore

/// What `purser doctor` found.
public struct StoreHealth: Sendable, Equatable {
    public var sqliteVersion: String
    public var fileBytes: Int
    public var walBytes: Int
    public var series: Int
    /// Recorded slots that wait to be rolled up.
    public var points: Int
    /// Hours of a series that are rolled up, and the bytes of them and of their totals.
    public var blocks: Int
    public var blockBytes: Int
    /// What rolled up metrics will take when the whole ladder is full, if series and traffic stay as they are.
    public var expectedBlockBytes: Int
    /// Pages of the file that are free, in bytes.
    public var freeBytes: Int
    public var ledgerRows: Int
    /// Calls that hold money and are not settled.
    public var openReservations: Int
    public var pendingMessages: Int
    public var failedMessages: Int
    /// What is wrong, in one sentence each; empty in a sound store.
    public var faults: [String]
}

extension Store {
    /// Checks the file's pages, its references, and the totals of months and budgets against the ledger.
    public func health() throws -> StoreHealth {
        try read { db in
            var faults = try String.fetchAll(db, sql: "PRAGMA quick_check").filter { $0 != "ok" }
            for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
                let table: String = row[0]
                let parent: String = row[2]
                faults.append("a row of \(table) refers to a row of \(parent) that is not there")
            }
            faults += try differingMonths(db) + differingBudgets(db) + differingTotals(db)
            func count(_ sql: String) throws -> Int {
                try Int.fetchOne(db, sql: sql) ?? 0
            }
            let blocks = try blockSizes(db)
            return StoreHealth(
                sqliteVersion: try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "unknown",
                fileBytes: Self.fileSize(path),
                walBytes: walBytes,
                series: try count("SELECT count(*) FROM series"),
                points: try count("SELECT count(*) FROM point"),
                blocks: blocks.hours,
                blockBytes: blocks.bytes,
                expectedBlockBytes: blocks.expectedBytes,
                freeBytes: try count("PRAGMA freelist_count") * count("PRAGMA page_size"),
                ledgerRows: try count("SELECT count(*) FROM ledger"),
                openReservations: try count("SELECT count(*) FROM ledger WHERE outcome = '\(Self.reservedOutcome)'"),
                pendingMessages: try count("SELECT count(*) FROM outbox WHERE status = 'pending'"),
                failedMessages: try count("SELECT count(*) FROM outbox WHERE status = 'failed'"),
                faults: faults
            )
        }
    }

    private func differingMonths(_ db: Database) throws -> [String] {
        let names = try String.fetchAll(db, sql: "SELECT month FROM month_total")
        return try names.compactMap { name in
            guard let month = CalendarMonth(name) else { return "the month \(name) is no month" }
            let stored = try monthTotal(month, db)
            let counted = try ledgerTotal(month, .all, db)
            return stored == counted ? nil : "the total of \(name) " + Self.difference(stored, ledger: counted)
        }
    }
}
