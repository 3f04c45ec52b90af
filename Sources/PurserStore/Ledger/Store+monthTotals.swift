import GRDB
package import PurserCore

extension Store {
    /// Returns the running totals of a month; zeros if it has no calls.
    package func monthTotal(_ month: CalendarMonth) throws -> MonthTotal {
        try read { try monthTotal(month, $0) }
    }

    /// Returns the totals of a month as they were at a given time: the running totals minus what has happened since.
    package func monthTotal(_ month: CalendarMonth, asOf time: Timestamp) throws -> MonthTotal {
        try read { db in
            var total = try monthTotal(month, db)
            let dollar = Picodollars.dollar.rawValue
            let begun = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), coalesce(sum(hold / \(dollar)) FILTER (WHERE settled_time IS NULL), 0),
                        coalesce(sum(hold % \(dollar)) FILTER (WHERE settled_time IS NULL), 0)
                    FROM ledger WHERE time >= ? AND time < ?
                    """,
                arguments: [max(time, month.start).milliseconds, month.end.milliseconds]
            )
            let settled = try Row.fetchOne(
                db,
                sql: """
                    SELECT coalesce(sum(cost / \(dollar)), 0), coalesce(sum(cost % \(dollar)), 0),
                        coalesce(sum(hold / \(dollar)) FILTER (WHERE time < ?1), 0),
                        coalesce(sum(hold % \(dollar)) FILTER (WHERE time < ?1), 0)
                    FROM ledger WHERE settled_time >= ?1 AND time >= ?2 AND time < ?3
                    """,
                arguments: [time.milliseconds, month.start.milliseconds, month.end.milliseconds]
            )
            guard let begun, let settled else { return total }
            total.requests -= begun[0]
            total.held -= Self.sum(begun, at: 1)
            total.spent -= Self.sum(settled, at: 0)
            // A call that has been settled since then still had its hold at that time.
            total.held += Self.sum(settled, at: 2)
            return total
        }
    }

    func monthTotal(_ month: CalendarMonth, _ db: Database) throws -> MonthTotal {
        let select = try db.cachedStatement(sql: "SELECT requests, spent, held FROM month_total WHERE month = ?")
        guard let row = try Row.fetchOne(select, arguments: [month.description]) else { return MonthTotal() }
        guard let spent = Int128(row[1] as String), let held = Int128(row[2] as String) else {
            throw StoreError(.corrupt, path: path, detail: "the total of \(month) is not a number")
        }
        return MonthTotal(requests: row[0], spent: Picodollars(spent), held: Picodollars(held))
    }

    func setMonthTotal(_ month: CalendarMonth, _ total: MonthTotal, _ db: Database) throws {
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO month_total (month, requests, spent, held) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (month) DO UPDATE SET requests = ?2, spent = ?3, held = ?4
                """
        )
        try upsert.execute(arguments: [
            month.description, total.requests, String(total.spent.rawValue), String(total.held.rawValue),
        ])
    }
}
