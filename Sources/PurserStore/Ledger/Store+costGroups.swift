import GRDB
package import PurserCore

extension Store {
    /// Returns the settled calls of a report in groups that are alike in everything that their cost depends on. Two groups
    /// differ in nothing else if the calls of some days are counted already, and those of others are not.
    package func costGroups(_ query: CostQuery) throws -> [CostGroup] {
        try read { db in
            let prices = try prices(db)
            var names = PeriodNames(query)
            var groups: [CostGroup] = []
            for part in try parts(of: query, db) {
                var statement = GroupStatement(query, part)
                let rows = try Row.fetchCursor(db, sql: statement.sql(), arguments: statement.arguments)
                while let row = try rows.next() { groups.append(group(row, query, prices, &names)) }
            }
            return groups
        }
    }

    /// Returns how many settled calls a query has and what they cost, and the dearest of them.
    package func costCalls(_ query: CostQuery, limit: Int) throws -> CostExplanation {
        try read { db in
            _ = try parts(of: query, callByCall: true, db)
            var statement = GroupStatement(query, .calls(query.period))
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
        var query = query
        query.keys = [.day]
        return try read { db in
            var names = PeriodNames(query)
            var days: [String: Picodollars] = [:]
            for part in try parts(of: query, db) {
                var statement = GroupStatement(query, part)
                let sql = statement.dailySQL()
                let rows = try Row.fetchCursor(db, sql: sql, arguments: statement.arguments)
                while let row = try rows.next() {
                    days[names.name(.day, row[0]), default: .zero] += Self.sum(row, at: 1)
                }
            }
            return days
        }
    }

    /// Returns how many different users the calls of a report have.
    package func activeUsers(_ query: CostQuery) throws -> Int {
        var query = query
        query.keys = [.user]
        return try read { db in
            var users: [String] = []
            var arguments = StatementArguments()
            for part in try parts(of: query, db) {
                var statement = GroupStatement(query, part)
                users.append(statement.usersSQL())
                arguments += statement.arguments
            }
            guard !users.isEmpty else { return 0 }
            let sql = "SELECT count(user) FROM (\(users.joined(separator: " UNION ")))"
            return try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0
        }
    }

    /// Returns the calls of a report's period that are not settled by its time, and what they hold.
    package func openCalls(_ query: CostQuery) throws -> (requests: Int, held: Picodollars) {
        try read { db in
            var open = (requests: 0, held: Picodollars.zero)
            let asOf = query.asOf.milliseconds
            // All calls of a day that is counted were settled by then.
            for case .calls(let period) in try parts(of: query, db) {
                var statement = GroupStatement(query, .calls(period))
                let filters = statement.filters()
                let (start, end) = (period.lowerBound.milliseconds, min(period.upperBound.milliseconds, asOf))
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT count(*), coalesce(sum(hold / \(Self.dollar)), 0), coalesce(sum(hold % \(Self.dollar)), 0)
                        FROM ledger
                        WHERE \(filters) AND time >= ? AND time < ? AND (settled_time IS NULL OR settled_time >= ?)
                        """,
                    arguments: statement.arguments + [start, end, asOf]
                )
                guard let row else { continue }
                open.requests += row[0] as Int
                open.held += Self.sum(row, at: 1)
            }
            return open
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

/// The SQL of a query for a part of the ledger, with its arguments in the order of its question marks.
private struct GroupStatement {
    private let query: CostQuery
    private let part: LedgerPart
    private(set) var arguments = StatementArguments()

    init(_ query: CostQuery, _ part: LedgerPart) {
        self.query = query
        self.part = part
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
        let from = from()
        let places = (1...query.keys.count + 7).map(String.init).joined(separator: ", ")
        return """
            SELECT \(keys) price, model_id, tier, \(isLong),
                CASE outcome \(endings) ELSE '\(CostGroup.Ending.failed.rawValue)' END,
                estimated, source, \(count), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
                sum(cache_write_tokens - cache_write_1h_tokens), sum(cache_write_1h_tokens), \(sumOfCost)
            \(from) GROUP BY \(places)
            """
    }

    mutating func dailySQL() -> String {
        let from = from()
        return "SELECT \(step(.day)), \(sumOfCost) \(from) GROUP BY 1"
    }

    mutating func usersSQL() -> String {
        let from = from()
        return "SELECT DISTINCT user \(from)"
    }

    private var isLong: String {
        if case .days = part { "is_long" } else { Store.isLong }
    }

    private var count: String {
        if case .days = part { "sum(requests)" } else { "count(*)" }
    }

    private var sumOfCost: String {
        if case .days = part { "sum(cost_dollars), sum(cost_rest)" } else { Store.sumOfCost }
    }

    private mutating func from() -> String {
        if case .days(let days) = part {
            let filters = filters()
            arguments += [query.needsDetail, days.lowerBound, days.upperBound]
            return "FROM ledger_day_total WHERE \(filters) AND detail = ? AND day >= ? AND day < ?"
        }
        return "FROM ledger WHERE " + condition()
    }

    /// The condition for single calls.
    mutating func condition() -> String {
        var period = query.period
        if case .calls(let part) = part { period = part }
        let filters = filters()
        arguments += [period.lowerBound.milliseconds, period.upperBound.milliseconds, query.asOf.milliseconds]
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
    private func step(_ key: CostKey) -> String {
        if case .days = part, key == .day { "day" } else { "time / \(1000 * query.stepSeconds(key))" }
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
            return "(SELECT value FROM json_each(tags) WHERE key = ?)"
        case .tags: return "tags"
        }
    }
}
