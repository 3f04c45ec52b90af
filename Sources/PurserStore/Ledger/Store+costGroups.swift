import GRDB
package import PurserCore

extension Store {
    /// Returns the settled calls of a report in groups that are alike in everything that their cost depends on.
    package func costGroups(_ query: CostQuery) throws -> [CostGroup] {
        try read { db in
            let prices = try prices(db)
            var statement = GroupStatement(query)
            let rows = try Row.fetchCursor(db, sql: statement.sql(), arguments: statement.arguments)
            var names = PeriodNames(query)
            var groups: [CostGroup] = []
            while let row = try rows.next() { groups.append(group(row, query, prices, &names)) }
            return groups
        }
    }

    /// Returns how many settled calls a query has and what they cost, and the dearest of them.
    package func costCalls(_ query: CostQuery, limit: Int) throws -> CostExplanation {
        try read { db in
            var statement = GroupStatement(query)
            let condition = statement.condition()
            let sums = try Row.fetchOne(
                db,
                sql: "SELECT count(*), \(Self.sumOfCost) FROM ledger WHERE \(condition)",
                arguments: statement.arguments
            )
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT * FROM ledger WHERE \(condition) ORDER BY cost DESC, time, id LIMIT ?",
                arguments: statement.arguments + [limit]
            )
            return CostExplanation(
                query,
                requests: sums?[0] ?? 0,
                total: sums.map { Self.sum($0, at: 1) } ?? .zero,
                calls: rows.map(Self.entry)
            )
        }
    }

    /// Returns the cost of the days of a report, by the names of the days.
    package func dailyCosts(_ query: CostQuery) throws -> [String: Picodollars] {
        try read { db in
            var statement = GroupStatement(query)
            let condition = statement.condition()
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(statement.step(.day)), \(Self.sumOfCost) FROM ledger WHERE \(condition) GROUP BY 1
                    """,
                arguments: statement.arguments
            )
            var names = PeriodNames(query)
            var days: [String: Picodollars] = [:]
            while let row = try rows.next() { days[names.name(.day, row[0]), default: .zero] += Self.sum(row, at: 1) }
            return days
        }
    }

    /// Returns how many different users the calls of a report have.
    package func activeUsers(_ query: CostQuery) throws -> Int {
        try read { db in
            var statement = GroupStatement(query)
            let condition = statement.condition()
            let sql = "SELECT count(DISTINCT user) FROM ledger WHERE \(condition)"
            return try Int.fetchOne(db, sql: sql, arguments: statement.arguments) ?? 0
        }
    }

    /// Returns the calls of a report's period that are not settled by its time, and what they hold.
    package func openCalls(_ query: CostQuery) throws -> (requests: Int, held: Picodollars) {
        try read { db in
            var statement = GroupStatement(query)
            let filters = statement.filters()
            let (start, end) = (query.period.lowerBound.milliseconds, query.period.upperBound.milliseconds)
            let asOf = query.asOf.milliseconds
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), coalesce(sum(hold / \(Self.dollar)), 0), coalesce(sum(hold % \(Self.dollar)), 0)
                    FROM ledger WHERE \(filters) AND time >= ? AND time < min(?, ?)
                        AND (settled_time IS NULL OR settled_time >= ?)
                    """,
                arguments: statement.arguments + [start, end, asOf, asOf]
            )
            return row.map { ($0[0], Self.sum($0, at: 1)) } ?? (0, .zero)
        }
    }

    private func prices(_ db: Database) throws -> [Int64: Price] {
        var prices: [Int64: Price] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, content FROM price") {
            // What the calls cost is known without those that cannot be read.
            prices[row[0]] = try? Price(content: row[1])
        }
        return prices
    }

    private func group(
        _ row: Row,
        _ query: CostQuery,
        _ prices: [Int64: Price],
        _ names: inout PeriodNames
    ) -> CostGroup {
        let first = query.keys.count
        return CostGroup(
            keys: query.keys.enumerated().map { index, key in
                key.periodSeconds == nil ? row[index] as String? : names.name(key, row[index])
            },
            modelId: row[first + 1],
            tier: ServiceTier(rawValue: row[first + 2]) ?? .standard,
            price: prices[row[first]],
            isLong: row[first + 3],
            ending: CostGroup.Ending(rawValue: row[first + 4]) ?? .failed,
            isEstimated: row[first + 5],
            source: CallSource(rawValue: row[first + 6]) ?? .live,
            requests: row[first + 7],
            usage: TokenUsage(
                input: row[first + 8],
                output: row[first + 9],
                cacheRead: row[first + 10],
                cacheWrite5m: row[first + 11],
                cacheWrite1h: row[first + 12]
            ),
            cost: Self.sum(row, at: first + 13)
        )
    }
}

extension CostQuery {
    /// The steps in which SQL groups times, each of which is in one period of the key.
    fileprivate func stepSeconds(_ key: CostKey) -> Int {
        zone == .utc ? key.periodSeconds ?? 1 : zone.stepSeconds(period)
    }
}

/// The names of the periods of a query, by the steps in which SQL groups times.
private struct PeriodNames {
    private let query: CostQuery
    private var names: [CostKey: [Int64: String]] = [:]

    init(_ query: CostQuery) {
        self.query = query
    }

    mutating func name(_ key: CostKey, _ step: Int64) -> String {
        if let known = names[key]?[step] { return known }
        let start = Timestamp(seconds: step * Int64(query.stepSeconds(key)))
        let name = query.zone.name(ofPeriod: key.periodSeconds ?? 1, at: start)
        names[key, default: [:]][step] = name
        return name
    }
}

/// The SQL of a query, with its arguments in the order of its question marks.
private struct GroupStatement {
    private let query: CostQuery
    private(set) var arguments = StatementArguments()

    init(_ query: CostQuery) {
        self.query = query
    }

    /// How the outcomes that are not failures end a call.
    private var endings: String {
        let endings: [(outcome: String, ending: CostGroup.Ending)] = [
            ("success", .success), (Store.cancelledOutcome, .cancelled), (Store.abandonedOutcome, .abandoned),
            (Store.restoredOutcome, .entered),
        ]
        return endings.map { "WHEN '\($0.outcome)' THEN '\($0.ending.rawValue)'" }.joined(separator: " ")
    }

    mutating func sql() -> String {
        let keys = query.keys.map { column($0) + ", " }.joined()
        let condition = condition()
        let places = (1...query.keys.count + 7).map(String.init).joined(separator: ", ")
        return """
            SELECT \(keys) price, model_id, tier,
                input_tokens + cache_read_tokens + cache_write_tokens > \(Price.longContextThreshold),
                CASE outcome \(endings) ELSE '\(CostGroup.Ending.failed.rawValue)' END,
                estimated, source, count(*), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
                sum(cache_write_tokens - cache_write_1h_tokens), sum(cache_write_1h_tokens), \(Store.sumOfCost)
            FROM ledger WHERE \(condition) GROUP BY \(places)
            """
    }

    mutating func condition() -> String {
        let filters = filters()
        arguments += [
            query.period.lowerBound.milliseconds, query.period.upperBound.milliseconds, query.asOf.milliseconds,
        ]
        return filters + " AND time >= ? AND time < ? AND settled_time < ?"
    }

    mutating func filters() -> String {
        var all = "TRUE"
        for filter in query.filters {
            let options = filter.values.map { value -> String in
                let column = column(filter.key)
                guard let value else { return column + " IS NULL" }
                arguments += [value]
                return column + " = ?"
            }
            all += " AND (" + options.joined(separator: " OR ") + ")"
        }
        return all
    }

    /// The number of the step that a call began in.
    func step(_ key: CostKey) -> String {
        "time / \(1000 * query.stepSeconds(key))"
    }

    private mutating func column(_ key: CostKey) -> String {
        switch key {
        case .model: return "model_id"
        case .team: return "team"
        case .user: return "user"
        case .application: return "application"
        case .accessKey: return "access_key"
        case .session: return "session"
        case .tier: return "tier"
        case .day, .hour: return step(key)
        case .tag(let name):
            arguments += [name]
            return "(SELECT value FROM json_each(ledger.tags) WHERE key = ?)"
        case .tags: return "tags"
        }
    }
}
