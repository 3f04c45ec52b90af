import GRDB
package import PurserCore
package import PurserStore

extension Store {
    /// Runs SQL that no program would run, on its own connection, to break the store as an accident would.
    package func breakForTest(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Returns the faults that SQLite finds in pages, rows and indexes; empty if the file is intact.
    package func integrityFaults() throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
    }

    /// Returns what a query finds, in rows of numbers; null is not a number.
    package func rowsForTest(_ sql: String) throws -> [[Double]] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            try Row.fetchAll(db, sql: sql).map { row in row.databaseValues.map { Double.fromDatabaseValue($0) ?? .nan }
            }
        }
    }

    /// Returns the names of all writers.
    package func writerNames() throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: "SELECT name FROM writer ORDER BY name") }
    }
}

extension Store {
    /// Returns the report of a month as of a time: what follows from its calls alone.
    package func costReport(_ month: CalendarMonth, asOf: Timestamp, by keys: [CostKey] = []) throws -> CostReport {
        var report = CostReport(month: month, asOf: asOf, keys: keys, rows: [])
        let query = CostQuery(month.start..<month.end, asOf: asOf, by: keys)
        report.add(try costGroups(query))
        (report.openRequests, report.held) = try openCalls(query)
        return report
    }

    /// Returns the rows of a month's report.
    package func costRows(_ month: CalendarMonth, asOf: Timestamp, by keys: [CostKey]) throws -> [CostReport.Row] {
        try costReport(month, asOf: asOf, by: keys).rows
    }

    /// Sets how long metrics are kept, and leaves records as they are.
    package func setRetention(_ ladder: RetentionLadder) throws {
        try transaction {
            var retention = try retention()
            retention.metrics = ladder
            try setRetention(retention)
        }
    }
}
