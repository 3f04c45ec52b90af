import GRDB
package import PurserCore

// Closed months. Triggers of the ledger book what changes in their calls as corrections, so that a report of a closed month
// is what the ledger says without what was learned later.

extension Store {
    /// Closes a month, and returns it as it was closed, now or before.
    package func close(_ month: CalendarMonth, at time: Timestamp) throws -> ClosedMonth {
        // So that few calls are read while no other process can write.
        _ = try whileAlone(in: .rollUp) { try countDays(now: time) { false } }
        return try write { try close(month, at: time, $0) }
    }

    /// Returns the closed months, oldest first.
    package func closedMonths() throws -> [ClosedMonth] {
        try read { try closedMonths($0) }
    }

    /// Closes the months that ended long enough before an hour, which no single clock has moved far.
    func closeMonths(before hour: Int64, now: Timestamp) throws {
        for month in try read({ try monthsToClose(before: hour, $0) }) {
            try write { db in _ = try close(month, at: now, db) }
            letOthersWrite()
        }
    }

    /// Returns the months that ``closeMonths(before:now:)`` would close: by the age of metrics, and because later calls were
    /// made. A month of imported or simulated calls only is closed by the user, who knows when its logs are complete.
    func monthsToClose(before hour: Int64, _ db: Database) throws -> [CalendarMonth] {
        let newest = try Int64.fetchOne(db, sql: "SELECT max(time) FROM ledger") ?? 0
        let latest = min(Timestamp(seconds: hour * 3600), Timestamp(milliseconds: newest)) + -ClosedMonth.graceSeconds
        let select = try db.cachedStatement(
            sql: """
                SELECT month FROM month_total WHERE source = 'live' AND month < ?
                    AND month NOT IN (SELECT month FROM closed_month) ORDER BY month
                """
        )
        let month = CalendarMonth(containing: latest).description
        return try String.fetchAll(select, arguments: [month]).compactMap(CalendarMonth.init)
    }

    /// Returns what is wrong in closed months, one sentence for each: their figures must be those of their closing.
    func differingClosedMonths(_ db: Database) throws -> [String] {
        try closedMonths(db).compactMap { closed in
            let (requests, total) = try figures(closed.month, db)
            guard requests != closed.requests || total != closed.total else { return nil }
            return
                "\(closed.month) was closed with \(closed.requests) calls and \(closed.total) dollars, but its calls and"
                + " corrections are \(requests) and \(total)"
        }
    }

    private func close(_ month: CalendarMonth, at time: Timestamp, _ db: Database) throws -> ClosedMonth {
        if let known = try closedMonths(db).first(where: { $0.month == month }) { return known }
        let (requests, total) = try figures(month, db)
        try db.execute(
            sql:
                "INSERT INTO closed_month (end_time, start_time, month, closed, requests, cost) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                month.end.milliseconds, month.start.milliseconds, month.description, time.milliseconds, requests,
                String(total.rawValue),
            ]
        )
        return ClosedMonth(month: month, closed: time, requests: requests, total: total)
    }

    /// A month's settled calls and what they cost, without what was learned after it was closed.
    private func figures(_ month: CalendarMonth, _ db: Database) throws -> (requests: Int, total: Picodollars) {
        let query = CostQuery(month.start..<month.end, asOf: Timestamp(milliseconds: .max))
        let groups = try costGroups(query, db)
        return (groups.reduce(0) { $0 + $1.requests }, groups.reduce(.zero) { $0 + $1.cost })
    }

    private func closedMonths(_ db: Database) throws -> [ClosedMonth] {
        let sql = "SELECT month, closed, requests, cost FROM closed_month ORDER BY end_time"
        return try Row.fetchAll(db, sql: sql).map { row in
            guard let month = CalendarMonth(row[0]), let cost = Int128(row[3] as String) else {
                throw StoreError(.corrupt, path: path, detail: "the closed month `\(row[0] as String)` cannot be read")
            }
            return ClosedMonth(
                month: month,
                closed: Timestamp(milliseconds: row[1]),
                requests: row[2],
                total: Picodollars(cost)
            )
        }
    }
}
