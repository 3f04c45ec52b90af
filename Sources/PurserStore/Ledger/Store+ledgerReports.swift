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

    private static func entry(_ row: Row) -> LedgerEntry {
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
            upstreamRequestId: row["upstream_request_id"]
        )
    }

    /// Returns the cost of a month's calls that were settled before `asOf`, grouped by the given keys, with the most
    /// expensive row first.
    package func costRows(_ month: CalendarMonth, asOf: Timestamp, by keys: [CostReport.Key]) throws -> [CostReport.Row]
    {
        let columns = keys.map(Self.column)
        let list = columns.isEmpty ? "" : columns.joined(separator: ", ") + ", "
        return try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT \(list) count(*) AS requests, sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
                        sum(cache_write_tokens - cache_write_1h_tokens), sum(cache_write_1h_tokens), \(Self.sumOfCost)
                    FROM ledger WHERE time >= ? AND time < ? AND settled_time < ?
                    GROUP BY \(columns.isEmpty ? "NULL" : columns.joined(separator: ", "))
                    """,
                arguments: [month.start.milliseconds, month.end.milliseconds, asOf.milliseconds]
            )
            return rows.map { row in
                let first = keys.count
                return CostReport.Row(
                    keys: (0..<first).map { row[$0] },
                    requests: row[first],
                    usage: TokenUsage(
                        input: row[first + 1],
                        output: row[first + 2],
                        cacheRead: row[first + 3],
                        cacheWrite5m: row[first + 4],
                        cacheWrite1h: row[first + 5]
                    ),
                    cost: Self.sum(row, at: first + 6)
                )
            }.sorted { a, b in
                a.cost == b.cost
                    ? a.keys.map { $0 ?? "" }.lexicographicallyPrecedes(b.keys.map { $0 ?? "" }) : a.cost > b.cost
            }
        }
    }

    /// The figures of a month's report that are not in its rows.
    package struct CostTotals: Sendable, Equatable {
        package var successful: Int
        package var estimated: Int
        package var estimatedCost: Picodollars
        package var open: Int
        package var held: Picodollars
        /// Of the settled calls that are not live.
        package var nonLive: NonLiveCost
    }

    /// Returns the months that have calls, the newest first.
    package func months() throws -> [CalendarMonth] {
        try read { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT month FROM month_total ORDER BY month DESC")
                .compactMap(CalendarMonth.init)
        }
    }

    /// Returns counts and sums of a month's calls: those settled before `asOf`, by outcome, and those open at that
    /// time.
    package func costTotals(_ month: CalendarMonth, asOf: Timestamp) throws -> CostTotals {
        let isEstimated = "estimated AND outcome <> '\(Self.restoredOutcome)'"
        return try read { db in
            let arguments: StatementArguments = [month.start.milliseconds, month.end.milliseconds, asOf.milliseconds]
            let settled = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) FILTER (WHERE outcome = 'success'), count(*) FILTER (WHERE \(isEstimated)),
                        coalesce(sum(cost / \(Self.dollar)) FILTER (WHERE \(isEstimated)), 0),
                        coalesce(sum(cost % \(Self.dollar)) FILTER (WHERE \(isEstimated)), 0),
                        coalesce(sum(cost / \(Self.dollar)) FILTER (WHERE source = 'imported'), 0),
                        coalesce(sum(cost % \(Self.dollar)) FILTER (WHERE source = 'imported'), 0),
                        coalesce(sum(cost / \(Self.dollar)) FILTER (WHERE source = 'simulated'), 0),
                        coalesce(sum(cost % \(Self.dollar)) FILTER (WHERE source = 'simulated'), 0)
                    FROM ledger WHERE time >= ? AND time < ? AND settled_time < ?
                    """,
                arguments: arguments
            )
            let open = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), coalesce(sum(hold / \(Self.dollar)), 0), coalesce(sum(hold % \(Self.dollar)), 0)
                    FROM ledger WHERE time >= ?1 AND time < min(?2, ?3) AND (settled_time IS NULL OR settled_time >= ?3)
                    """,
                arguments: arguments
            )
            return CostTotals(
                successful: settled?[0] ?? 0,
                estimated: settled?[1] ?? 0,
                estimatedCost: settled.map { Self.sum($0, at: 2) } ?? .zero,
                open: open?[0] ?? 0,
                held: open.map { Self.sum($0, at: 1) } ?? .zero,
                nonLive: NonLiveCost(
                    imported: settled.map { Self.sum($0, at: 4) } ?? .zero,
                    simulated: settled.map { Self.sum($0, at: 6) } ?? .zero
                )
            )
        }
    }

    /// Returns the cost of each day of a month, by the time of the call, up to the day of `asOf`.
    package func dailyCost(_ month: CalendarMonth, asOf: Timestamp) throws -> [Picodollars] {
        let last = min(asOf, month.end + -1)
        guard last >= month.start else { return [] }
        var days = [Picodollars](repeating: .zero, count: last.fields.day)
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT (time - ?1) / 86400000, \(Self.sumOfCost) FROM ledger
                    WHERE time >= ?1 AND time < ?2 AND settled_time < ?3 GROUP BY 1
                    """,
                arguments: [month.start.milliseconds, month.end.milliseconds, asOf.milliseconds]
            )
            while let row = try rows.next() {
                let day: Int = row[0]
                if day < days.count { days[day] = Self.sum(row, at: 1) }
            }
        }
        return days
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

    /// Returns when the first call of the ledger began; nil if it is empty.
    package func firstRequestTime() throws -> Timestamp? {
        try read { db in
            try Int64.fetchOne(db, sql: "SELECT min(time) FROM ledger").map(Timestamp.init(milliseconds:))
        }
    }

    static let dollar = "1000000000000"

    /// Whole dollars and the rest are summed separately: SQLite's own sum would overflow at nine million dollars.
    private static let sumOfCost = "coalesce(sum(cost / \(dollar)), 0), coalesce(sum(cost % \(dollar)), 0)"

    static func sum(_ row: Row, at index: Int) -> Picodollars {
        Picodollars(Int128(row[index] as Int64) * Picodollars.dollar.rawValue + Int128(row[index + 1] as Int64))
    }

    private static func column(_ key: CostReport.Key) -> String {
        switch key {
        case .model: "model_id"
        case .team: "team"
        case .user: "user"
        case .application: "application"
        }
    }
}
