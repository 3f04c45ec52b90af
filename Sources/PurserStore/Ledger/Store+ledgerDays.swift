import GRDB
import PurserCore

// What the calls of each day add up to. A day is counted when all of its calls are settled; a trigger of the ledger discards
// the totals of a day whose calls change after that, and the day is counted again.

extension Store {
    /// A day is counted this long after its end, when few of its calls still run.
    private static let countingGraceSeconds = 3600
    /// The maximum number of totals that one transaction writes.
    private static let totalsPerTransaction = 1000

    /// Returns whether the next ``countDays(now:isTimeUp:)`` would look for days to count.
    func isCountingDue(now: Timestamp, _ db: Database) throws -> Bool {
        let limit = try countableBefore(now: now, db)
        let select = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM ledger_day WHERE state = 'counting')
                    OR EXISTS (SELECT 1 FROM ledger WHERE time >= (SELECT before FROM ledger_counted) AND time < ?)
                """
        )
        return try Bool.fetchOne(select, arguments: [limit]) ?? false
    }

    /// Counts the days that are over, one after the other; returns how many.
    ///
    /// A run that is killed leaves a day that is not counted, and the next run counts it.
    func countDays(now: Timestamp, isTimeUp: () -> Bool) throws -> Int {
        var count = 0
        while !isTimeUp(), let day = try nextDayToCount(now: now) {
            // What was read of a day is not thrown away, or a day with many calls would never be counted.
            guard try self.count(day, at: now) else { break }
            count += 1
        }
        return count
    }

    /// Returns the time, in milliseconds, before which days are over: by the clock, and because later calls were made.
    /// Where calls of before arrive in the order of their times, no day is counted for each of them.
    private func countableBefore(now: Timestamp, _ db: Database) throws -> Int64 {
        let newest = try Int64.fetchOne(db, sql: "SELECT max(time) FROM ledger") ?? 0
        let latest = min(now.milliseconds, newest) - Int64(Self.countingGraceSeconds) * 1000
        return latest / LedgerPart.dayMilliseconds * LedgerPart.dayMilliseconds
    }

    /// Marks the next day as being counted, and returns it; nil if no day is due.
    private func nextDayToCount(now: Timestamp) throws -> Int64? {
        try write { db in
            if let begun = try Int64.fetchOne(db, sql: "SELECT min(day) FROM ledger_day WHERE state = 'counting'") {
                return begun
            }
            let length = LedgerPart.dayMilliseconds
            let limit = try countableBefore(now: now, db)
            let next = try db.cachedStatement(sql: "SELECT min(time) FROM ledger WHERE time >= ? AND time < ?")
            let isDue = try db.cachedStatement(
                // The plus sign lets SQLite look through the calls that are open, and not through those of the day.
                sql: """
                    SELECT NOT EXISTS (SELECT 1 FROM ledger_day WHERE day = ?1) AND NOT EXISTS (
                        SELECT 1 FROM ledger WHERE settled_time IS NULL AND +time >= ?1 * \(length)
                            AND +time < (?1 + 1) * \(length))
                    """
            )
            var from = try Int64.fetchOne(db, sql: "SELECT before FROM ledger_counted") ?? limit
            var due: Int64?
            while due == nil, let time = try Int64.fetchOne(next, arguments: [from, limit]) {
                let day = time / length
                from = (day + 1) * length
                if try Bool.fetchOne(isDue, arguments: [day]) == true { due = day }
            }
            let before = due == nil ? max(from, limit) : from
            try db.execute(sql: "UPDATE ledger_counted SET before = ?", arguments: [before])
            if let due {
                try db.execute(sql: "INSERT INTO ledger_day VALUES (?, 'counting', 0, 0, 0)", arguments: [due])
            }
            return due
        }
    }

    /// Counts a day; returns false if a call of the day has changed meanwhile.
    private func count(_ day: Int64, at now: Timestamp) throws -> Bool {
        let begin = LedgerPart.start(ofDay: day).milliseconds
        let period: StatementArguments = [begin, begin + LedgerPart.dayMilliseconds]
        // What was written before the day was marked is read here; what is written from now on removes the mark.
        let (totals, last) = try read { db in
            (
                try Row.fetchAll(db, sql: Self.totalsOfCalls, arguments: period),
                try Row.fetchOne(
                    db,
                    sql: "SELECT max(id), max(settled_time) FROM ledger WHERE time >= ? AND time < ?",
                    arguments: period
                )
            )
        }
        var stale = true
        while stale {
            stale = try write { try removeTotals(of: day, $0) }
            if stale { letOthersWrite() }
        }
        for start in stride(from: 0, to: totals.count, by: Self.totalsPerTransaction) {
            let isCounting = try write { db in
                guard try self.isCounting(day, db) else { return false }
                let end = min(start + Self.totalsPerTransaction, totals.count)
                try insert(totals[start..<end], detail: 1, day, from: start, db)
                return true
            }
            guard isCounting else { return false }
            letOthersWrite()
        }
        return try write { db in
            guard try isCounting(day, db) else { return false }
            let coarser = try Row.fetchAll(db, sql: Self.coarserTotals, arguments: [day])
            try insert(coarser[...], detail: 0, day, from: 0, db)
            try db.execute(
                sql: """
                    UPDATE ledger_day SET state = 'counted', last_id = ?2, last_settled = ?3, counted = ?4 WHERE day = ?1
                    """,
                arguments: [day, last?[0] as Int64?, last?[1] as Int64?, now.milliseconds]
            )
            return true
        }
    }

    private func isCounting(_ day: Int64, _ db: Database) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM ledger_day WHERE day = ? AND state = 'counting')"
        return try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: [day]) ?? false
    }

    /// Removes some of the totals that a day had before; returns whether there were any.
    private func removeTotals(of day: Int64, _ db: Database) throws -> Bool {
        let sql = """
            DELETE FROM ledger_day_total WHERE detail = ?1 AND day = ?2 AND number < ?3 + (
                SELECT min(number) FROM ledger_day_total WHERE detail = ?1 AND day = ?2)
            """
        for detail in 0...1 {
            try db.execute(sql: sql, arguments: [detail, day, Self.totalsPerTransaction])
            if db.changesCount > 0 { return true }
        }
        return false
    }

    /// Stores rows as ``totalsOfCalls`` or ``coarserTotals`` returns them.
    private func insert(_ totals: ArraySlice<Row>, detail: Int, _ day: Int64, from number: Int, _ db: Database) throws {
        let columns = Self.totalKeys(detail: detail) + ", " + Self.totalSums
        let places = String(repeating: ", ?", count: columns.count { $0 == "," } + 1)
        let insert = try db.cachedStatement(
            sql: "INSERT INTO ledger_day_total (detail, day, number, \(columns)) VALUES (?, ?, ?\(places))"
        )
        for (offset, total) in totals.enumerated() {
            let place: [DatabaseValue] = [detail.databaseValue, day.databaseValue, (number + offset).databaseValue]
            try insert.execute(arguments: StatementArguments(place + total.map(\.1)))
        }
    }

    /// What the totals of a day are split by.
    static func totalKeys(detail: Int) -> String {
        coarseKeys + (detail == 1 ? ", user, tags" : "")
    }

    private static let coarseKeys =
        "price, model_id, tier, is_long, outcome, estimated, source, team, application, access_key"

    static let totalSums = """
        requests, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, cost_dollars,
        cost_rest
        """

    /// The calls of a day, as they are split by the detailed totals.
    static let totalsOfCalls = """
        SELECT price, model_id, tier, \(isLong) AS is_long, outcome, estimated, source, team, application, access_key, user,
            tags, count(*), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens),
            sum(cache_write_1h_tokens), sum(cost / \(dollar)) + sum(cost % \(dollar)) / \(dollar),
            sum(cost % \(dollar)) % \(dollar)
        FROM ledger WHERE time >= ? AND time < ? GROUP BY \(coarseKeys), user, tags
        """

    /// The detailed totals of a day, as they are split by the others.
    static let coarserTotals = """
        SELECT \(coarseKeys), sum(requests), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
            sum(cache_write_tokens), sum(cache_write_1h_tokens), sum(cost_dollars) + sum(cost_rest) / \(dollar),
            sum(cost_rest) % \(dollar)
        FROM ledger_day_total WHERE detail = 1 AND day = ? GROUP BY \(coarseKeys)
        """

    /// Whether a call was above the threshold of long contexts.
    static let isLong = "(input_tokens + cache_read_tokens + cache_write_tokens > \(Price.longContextThreshold))"
}
