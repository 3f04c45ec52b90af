import GRDB
package import PurserCore

extension Store {
    /// Returns the rows of the ledger whose calls began at `from` or later and before `to`.
    package func requests(_ selection: LedgerSelection, from: Timestamp, to: Timestamp, limit: Int) throws
        -> [LedgerEntry]
    {
        var arguments: StatementArguments = [from.milliseconds, to.milliseconds, limit]
        let (condition, order): (String, String)
        switch selection {
        case .worst: return try worstRequests(from: from, to: to, limit: limit)
        case .failed: (condition, order) = (Self.isFailed, "time DESC, id DESC")
        case .newest: (condition, order) = ("TRUE", "time DESC, id DESC")
        case .id(let id):
            (condition, order) = ("(request_id = ?4 OR correlation_id = ?4 OR upstream_request_id = ?4)", "id")
            arguments += [id]
        }
        return try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM ledger WHERE time >= ?1 AND time < ?2 AND \(condition) ORDER BY \(order) LIMIT ?3
                    """,
                arguments: arguments
            )
            return rows.map(Self.entry)
        }
    }

    /// As in the index `ledger_failed`.
    private static let isFailed = "outcome NOT IN ('success', '\(reservedOutcome)', '\(restoredOutcome)')"

    /// Returns the failed calls, and then all others, each from the slowest on.
    ///
    /// - Parameter many: In a time with more calls than this, the slowest are looked for among those of all times, from
    ///   the slowest on; in a shorter one, all calls of the time are sorted.
    func worstRequests(from: Timestamp, to: Timestamp, limit: Int, many: Int = 50_000) throws -> [LedgerEntry] {
        let time: StatementArguments = [from.milliseconds, to.milliseconds]
        return try read { db in
            func rows(_ place: String, _ condition: String, _ limit: Int) throws -> [Row] {
                let ids = """
                    SELECT id FROM ledger \(place) WHERE \(condition) AND time >= ? AND time < ?
                    ORDER BY latency DESC, id DESC LIMIT ?
                    """
                return try Row.fetchAll(
                    db,
                    sql: "SELECT * FROM ledger WHERE id IN (\(ids)) ORDER BY latency DESC, id DESC",
                    arguments: time + [limit]
                )
            }
            let failed = try rows("INDEXED BY ledger_failed", Self.isFailed, limit)
            let missing = limit - failed.count
            guard missing > 0 else { return failed.map(Self.entry) }
            let count = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM (SELECT 1 FROM ledger WHERE time >= ? AND time < ? LIMIT ?)",
                arguments: time + [many + 1]
            )
            let index = count ?? 0 > many ? "ledger_latency" : "ledger_time"
            let others = try rows("INDEXED BY \(index)", "NOT (\(Self.isFailed))", missing)
            return (failed + others).map(Self.entry)
        }
    }

    static func entry(_ row: Row) -> LedgerEntry {
        let write1h: Int = row["cache_write_1h_tokens"]
        let settled: Int64? = row["settled_time"]
        return LedgerEntry(
            requestId: row["request_id"],
            time: Timestamp(milliseconds: row["time"]),
            settledTime: settled.map(Timestamp.init(milliseconds:)),
            caller: Caller(row),
            modelId: row["model_id"],
            outcome: row["outcome"],
            usage: TokenUsage(
                input: row["input_tokens"],
                output: row["output_tokens"],
                cacheRead: row["cache_read_tokens"],
                cacheWrite5m: row["cache_write_tokens"] - write1h,
                cacheWrite1h: write1h
            ),
            isEstimated: row["estimated"],
            latencyMilliseconds: row["latency"],
            retries: row["retries"],
            correlationId: row["correlation_id"],
            hold: Picodollars(Int128(row["hold"] as Int64)),
            cost: Picodollars(Int128(row["cost"] as Int64)),
            source: CallSource(rawValue: row["source"]) ?? .live,
            upstreamRequestId: row["upstream_request_id"],
            tier: ServiceTier(rawValue: row["tier"]) ?? .standard
        )
    }

    /// Returns the months that have calls, the newest first.
    package func months() throws -> [CalendarMonth] {
        try read { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT month FROM month_total ORDER BY month DESC")
                .compactMap(CalendarMonth.init)
        }
    }

    /// Returns the costs of one month's calls that were settled at `from` or later and before `to`, by minute of
    /// settlement.
    package func settledCosts(_ month: CalendarMonth, from: Timestamp, to: Timestamp) throws -> [MinuteCost] {
        try minutes(
            from: from,
            to: to,
            sql: """
                SELECT settled_time / 60000, \(Self.sumOfCost) FROM ledger
                WHERE settled_time >= ?1 AND settled_time < ?2 AND +time >= ?3 AND +time < ?4 GROUP BY 1 ORDER BY 1
                """,
            [month.start.milliseconds, month.end.milliseconds]
        ) { MinuteCost(minute: $0, cost: Self.sum($1, at: 1)) }
    }

    /// Returns how many calls began at `from` or later and before `to`, by minute and source.
    package func startedRequests(from: Timestamp, to: Timestamp) throws -> [(
        minute: Timestamp, source: CallSource, count: Int
    )] {
        try minutes(
            from: from,
            to: to,
            sql: """
                SELECT time / 60000, source, count(*) FROM ledger WHERE time >= ?1 AND time < ?2
                GROUP BY 1, 2 ORDER BY 1
                """
        ) { ($0, try callSource($1[1]), $1[2]) }
    }

    /// Returns the rows of a query whose first column is the minute, over a range that is its first two arguments.
    ///
    /// It runs for a few hours at a time, because SQLite sorts the calls of each run by minute, in memory.
    private func minutes<Value>(
        from: Timestamp,
        to: Timestamp,
        sql: String,
        _ others: [Int64] = [],
        _ value: (Timestamp, Row) throws -> Value
    ) throws -> [Value] {
        try read { db in
            let select = try db.cachedStatement(sql: sql)
            var values: [Value] = []
            var start = from
            while start < to {
                let end = min((start + 6 * 3600).floored(toSeconds: 3600), to)
                let arguments = StatementArguments([start.milliseconds, end.milliseconds] + others)
                let rows = try Row.fetchCursor(select, arguments: arguments)
                while let row = try rows.next() {
                    values.append(try value(Timestamp(seconds: (row[0] as Int64) * 60), row))
                }
                start = end
            }
            return values
        }
    }

    /// Returns when the first call began after the days whose calls were removed; nil if there never was a call.
    package func firstRequestTime() throws -> Timestamp? {
        try read { db in
            let last = try Int64.fetchOne(
                db,
                sql: "SELECT max(day) FROM ledger_day WHERE state IN ('removing', 'removed')"
            )
            let end = last.map { LedgerPart.start(ofDay: $0 + 1) }
            let sql = "SELECT min(time) FROM ledger WHERE time >= ?"
            let first = try Int64.fetchOne(db, sql: sql, arguments: [end?.milliseconds ?? .min])
            return first.map(Timestamp.init(milliseconds:)) ?? end
        }
    }

    static let dollar = "1000000000000"

    /// Whole dollars and the rest are summed separately: SQLite's own sum would overflow at nine million dollars.
    static let sumOfCost = "coalesce(sum(cost / \(dollar)), 0), coalesce(sum(cost % \(dollar)), 0)"

    static func sum(_ row: Row, at index: Int) -> Picodollars {
        Picodollars(Int128(row[index] as Int64) * Picodollars.dollar.rawValue + Int128(row[index + 1] as Int64))
    }
}
