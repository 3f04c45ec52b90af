import GRDB
package import PurserCore

extension Store {
    /// Returns the running totals of all calls of a month, whatever their source; zeros if it has no calls.
    package func monthTotal(_ month: CalendarMonth) throws -> MonthTotal {
        try monthTotals(month).all
    }

    /// Returns the running totals of a month's calls from one source.
    package func monthTotal(_ month: CalendarMonth, _ source: CallSource) throws -> MonthTotal {
        try read { try monthTotal(month, source, $0) }
    }

    /// Returns the running totals of a month by source.
    package func monthTotals(_ month: CalendarMonth) throws -> SourceTotals {
        try read { db in
            try CallSource.allCases.reduce(into: SourceTotals()) { $0[$1] = try monthTotal(month, $1, db) }
        }
    }

    /// Returns the totals of a month by source as they were at a given time: the running totals minus what has happened
    /// since.
    package func monthTotals(_ month: CalendarMonth, asOf time: Timestamp) throws -> SourceTotals {
        try read { db in
            try CallSource.allCases.reduce(into: SourceTotals()) {
                $0[$1] = try monthTotal(month, $1, asOf: time, db)
            }
        }
    }

    private func monthTotal(_ month: CalendarMonth, _ source: CallSource, asOf time: Timestamp, _ db: Database) throws
        -> MonthTotal
    {
        var total = try monthTotal(month, source, db)
        // Most stores have calls of one source, and the rest of the ledger need not be searched for the others.
        if total == MonthTotal() { return total }
        let dollar = Picodollars.dollar.rawValue
        let isNotRemoved = try isRemoving(db) ? "AND " + Self.isNotInTotals : ""
        let begun = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*), coalesce(sum(hold / \(dollar)) FILTER (WHERE settled_time IS NULL), 0),
                    coalesce(sum(hold % \(dollar)) FILTER (WHERE settled_time IS NULL), 0)
                FROM ledger WHERE time >= ? AND time < ? AND source = ? \(isNotRemoved)
                """,
            arguments: [max(time, month.start).milliseconds, month.end.milliseconds, source.rawValue]
        )
        // The plus signs keep SQLite from reading the whole month for what has been settled since. If the month is over,
        // its own calls are fewer than all that has been settled since.
        let isOver = try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM month_total WHERE month > ?)",
            arguments: [month.description]
        )
        let (plus, other) = isOver == true ? ("", "+") : ("+", "")
        let settled = try Row.fetchOne(
            db,
            sql: """
                SELECT coalesce(sum(cost / \(dollar)), 0), coalesce(sum(cost % \(dollar)), 0),
                    coalesce(sum(hold / \(dollar)) FILTER (WHERE time < ?1), 0),
                    coalesce(sum(hold % \(dollar)) FILTER (WHERE time < ?1), 0)
                FROM ledger WHERE \(other)settled_time >= ?1 AND \(plus)time >= ?2 AND \(plus)time < ?3 AND source = ?4
                    \(isNotRemoved)
                """,
            arguments: [
                time.milliseconds, month.start.milliseconds, month.end.milliseconds, source.rawValue,
            ]
        )
        guard let begun, let settled else { return total }
        let removed = try removedTotal(since: time, in: month, source, db)
        total.requests -= removed.requests
        total.spent -= removed.spent
        total.requests -= begun[0]
        total.held -= Self.sum(begun, at: 1)
        total.spent -= Self.sum(settled, at: 0)
        // A call that has been settled since then still had its hold at that time.
        total.held += Self.sum(settled, at: 2)
        return total
    }

    /// Returns what the calls of a month that began or were settled since a time add up to, as far as they were removed.
    private func removedTotal(since time: Timestamp, in month: CalendarMonth, _ source: CallSource, _ db: Database)
        throws
        -> MonthTotal
    {
        let days = LedgerPart.wholeDays(month.period)
        guard try hasRemovedCalls(month.period, db) else { return MonthTotal() }
        let partial = try Int64.fetchOne(
            db,
            sql: """
                SELECT min(day) FROM ledger_day WHERE state IN ('removing', 'removed') AND day >= ?1 AND day < ?2
                    AND day * \(LedgerPart.dayMilliseconds) < ?3 AND (
                        last_settled >= ?3 OR (day + 1) * \(LedgerPart.dayMilliseconds) > ?3)
                """,
            arguments: [days.lowerBound, days.upperBound, time.milliseconds]
        )
        if let partial { throw RemovedCallsError(path: path, day: LedgerPart.name(ofDay: partial)) }
        let first = LedgerPart.wholeDays(max(time, month.start)..<max(time, month.end)).lowerBound
        return try removedTotal(first..<max(first, days.upperBound), source, db)
    }

    func monthTotal(_ month: CalendarMonth, _ source: CallSource, _ db: Database) throws -> MonthTotal {
        let select = try db.cachedStatement(
            sql: "SELECT requests, spent, held FROM month_total WHERE month = ? AND source = ?"
        )
        guard let row = try Row.fetchOne(select, arguments: [month.description, source.rawValue]) else {
            return MonthTotal()
        }
        guard let spent = Int128(row[1] as String), let held = Int128(row[2] as String) else {
            throw StoreError(.corrupt, path: path, detail: "the total of \(month) is not a number")
        }
        return MonthTotal(requests: row[0], spent: Picodollars(spent), held: Picodollars(held))
    }

    func setMonthTotal(_ month: CalendarMonth, _ source: CallSource, _ total: MonthTotal, _ db: Database) throws {
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO month_total (month, source, requests, spent, held) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (month, source) DO UPDATE SET requests = ?3, spent = ?4, held = ?5
                """
        )
        try upsert.execute(arguments: [
            month.description, source.rawValue, total.requests, String(total.spent.rawValue),
            String(total.held.rawValue),
        ])
    }
}
