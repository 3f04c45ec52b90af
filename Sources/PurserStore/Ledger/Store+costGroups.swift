import GRDB
package import PurserCore

extension Store {
    /// Returns the settled calls of a report in groups that are alike in everything that their cost depends on.
    package func costGroups(_ query: CostQuery) throws -> [CostGroup] {
        try read { try costGroups(query, $0) }
    }

    func costGroups(_ query: CostQuery, _ db: Database) throws -> [CostGroup] {
        let prices = try prices(db)
        var names = PeriodNames(query)
        var groups: [CostGroup] = []
        // Grouped here, in one pass: SQLite would sort the calls by each column in turn.
        var places = RowPlaces(columns: query.keys.count + GroupStatement.attributes)
        for part in try parts(of: query, db) {
            var statement = GroupStatement(query, part)
            let select = try db.makeStatement(sql: statement.sql())
            let rows = try Row.fetchCursor(select, arguments: statement.arguments)
            while let row = try rows.next() {
                if let place = places.place(of: select) {
                    try add(row, query, to: &groups[place])
                } else {
                    groups.append(group(row, query, prices, &names))
                }
            }
        }
        return groups.merged()
    }

    /// Returns how many settled calls and corrections a query has and what they cost, and the dearest of them.
    package func costCalls(_ query: CostQuery, limit: Int) throws -> CostExplanation {
        var query = query
        query.keys = []
        return try read { db in
            var explanation = CostExplanation(query, entries: 0, requests: 0, total: .zero, calls: [])
            for part in try parts(of: query, callByCall: true, db) {
                var statement = GroupStatement(query, part)
                let sql = statement.sumSQL()
                let sums = try Row.fetchOne(db, sql: sql, arguments: statement.arguments)
                explanation.entries += sums?[0] ?? 0
                explanation.requests += sums?[1] ?? 0
                explanation.total += sums.map { Self.sum($0, at: 2) } ?? .zero
                statement = GroupStatement(query, part)
                let list = statement.listSQL()
                let rows = try Row.fetchAll(db, sql: list, arguments: statement.arguments + [limit])
                explanation.calls += rows.map(Self.entry)
            }
            explanation.calls.sort { $0.cost > $1.cost }
            explanation.calls.removeLast(max(0, explanation.calls.count - limit))
            return explanation
        }
    }

    /// Returns the cost of the days of a report, by the names of the days.
    package func dailyCosts(_ query: CostQuery) throws -> [String: Picodollars] {
        var query = query
        query.keys = [.day]
        return try read { db in
            var names = PeriodNames(query)
            var days: [String: Picodollars] = [:]
            // SQLite would sort the calls by day.
            for part in try parts(of: query, db).flatMap({ $0.byDay(in: query.zone) }) {
                var statement = GroupStatement(query, part)
                let sql = statement.dailySQL()
                let rows = try Row.fetchCursor(db, sql: sql, arguments: statement.arguments)
                while let row = try rows.next() {
                    guard let step = row[0] as Int64? else { continue }
                    days[names.name(.day, step), default: .zero] += Self.sum(row, at: 1)
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
            for part in try parts(of: query, db).flatMap(\.byMonth) where part.hasUsers {
                var statement = GroupStatement(query, part)
                users.append(statement.usersSQL())
                arguments += statement.arguments
            }
            guard !users.isEmpty else { return 0 }
            let sql = """
                SELECT count(*) FROM (SELECT user FROM (\(users.joined(separator: " UNION ALL ")))
                    WHERE user IS NOT NULL GROUP BY user HAVING sum(n) > 0)
                """
            return try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0
        }
    }

    /// Returns the calls of a report's period that are not settled by its time, and what they hold.
    package func openCalls(_ query: CostQuery) throws -> (requests: Int, held: Picodollars) {
        try read { db in
            var open = (requests: 0, held: Picodollars.zero)
            let asOf = query.asOf.milliseconds
            // All calls of a day that is counted were settled by then.
            for part in try parts(of: query, db) {
                var statement = GroupStatement(query, part)
                guard let sql = statement.openSQL() else { continue }
                let arguments = statement.arguments + [asOf, asOf]
                guard let row = try Row.fetchOne(db, sql: sql, arguments: arguments) else { continue }
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

    /// Adds a row to a group of rows that are alike.
    private func add(_ row: Row, _ query: CostQuery, to group: inout CostGroup) throws {
        let first = query.keys.count + GroupStatement.attributes
        var isTooLarge = false
        func add(_ column: Int, to sum: inout Int) {
            let (value, overflows) = sum.addingReportingOverflow(row[first + column])
            if overflows { isTooLarge = true } else { sum = value }
        }
        add(0, to: &group.requests)
        add(1, to: &group.usage.input)
        add(2, to: &group.usage.output)
        add(3, to: &group.usage.cacheRead)
        add(4, to: &group.usage.cacheWrite5m)
        add(5, to: &group.usage.cacheWrite1h)
        group.cost += Self.sum(row, at: first + 6)
        if isTooLarge {
            throw StoreError(.failed, path: path, detail: "the tokens of the calls are too many to add up")
        }
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
            correctionOf: (row[first + 7] as String?).flatMap(CalendarMonth.init),
            requests: row[first + 8],
            usage: TokenUsage(
                input: row[first + 9],
                output: row[first + 10],
                cacheRead: row[first + 11],
                cacheWrite5m: row[first + 12],
                cacheWrite1h: row[first + 13]
            ),
            cost: Self.sum(row, at: first + 14)
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
        let tokens = [
            "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens - cache_write_1h_tokens",
            "cache_write_1h_tokens",
        ]
        return """
            SELECT \(keys) price, model_id, tier, \(isLong),
                CASE outcome \(endings) ELSE '\(CostGroup.Ending.failed.rawValue)' END,
                estimated, source, \(correctedMonth), \(requests), \(tokens.map(weighted).joined(separator: ", ")),
                \(cost.dollars), \(cost.rest)
            \(from)
            """
    }

    /// How many columns are between the keys and the sums.
    static let attributes = 8

    /// What each day costs; single calls are those of one day.
    mutating func dailySQL() -> String {
        let from = from()
        let sums = "sum(\(cost.dollars)), sum(\(cost.rest)) \(from)"
        if case .calls = part { return "SELECT min(\(step(.day))), \(sums)" }
        return "SELECT \(step(.day)), \(sums) GROUP BY 1"
    }

    /// How many calls each user has made; of totals, those of one month.
    mutating func usersSQL() -> String {
        var from = from()
        if case .days(let days) = part, query.filters.isEmpty {
            // As in the index `ledger_day_user`, which has the users in their order.
            from += " AND detail = 1 AND strftime('%Y-%m', day * 86400, 'unixepoch') = ?"
            arguments += ["\(CalendarMonth(containing: LedgerPart.start(ofDay: days.lowerBound)))"]
        }
        return "SELECT user, sum(\(requests)) AS n \(from) GROUP BY user"
    }

    /// How many calls or corrections there are, and what they cost.
    mutating func sumSQL() -> String {
        let from = from()
        return
            "SELECT count(*), coalesce(sum(w), 0), coalesce(sum(c / \(Store.dollar)), 0), coalesce(sum(c % \(Store.dollar)), 0) "
            + "FROM (SELECT \(weight ?? "1") AS w, \(weight.map { "\($0) * " } ?? "")cost AS c \(from))"
    }

    /// The dearest calls, or corrections as if they were calls; its last argument is their number.
    mutating func listSQL() -> String {
        let from = from()
        let order = "ORDER BY cost DESC, time, id LIMIT ?"
        guard let weight else { return "SELECT * \(from) \(order)" }
        return """
            SELECT id, request_id, \(time) AS time, booked AS settled_time, user, team, application, access_key, session, tags,
                model_id, tier, iif(\(weight) = 1, 'corrected: ', 'taken back: ') || outcome AS outcome, input_tokens,
                output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, estimated, source,
                \(weight) * cost AS cost, 0 AS hold, NULL AS latency, 0 AS retries, NULL AS correlation_id,
                NULL AS upstream_request_id
            \(from) \(order)
            """
    }

    /// What a correction counts; nil for what is none.
    private var weight: String? {
        switch part {
        case .calls, .lateCalls, .days: nil
        case .learned: "sign"
        case .learnedLater: "-sign"
        }
    }

    /// The column of the time in whose period something counts.
    private var time: String {
        if case .learned = part { "booked" } else { "time" }
    }

    private var isLong: String {
        if case .days = part { "is_long" } else { Store.isLong }
    }

    private var correctedMonth: String {
        if case .learned = part { "strftime('%Y-%m', time / 1000, 'unixepoch')" } else { "NULL" }
    }

    private var requests: String {
        if case .days = part { "requests" } else { weight ?? "1" }
    }

    /// Whole dollars, and the rest in picodollars.
    private var cost: (dollars: String, rest: String) {
        if case .days = part { return ("cost_dollars", "cost_rest") }
        return (weighted("cost / \(Store.dollar)"), weighted("cost % \(Store.dollar)"))
    }

    private func weighted(_ column: String) -> String {
        weight.map { "\($0) * (\(column))" } ?? column
    }

    /// How many calls are not settled before a time, and what they hold; the time is its last two arguments. Nil for a part
    /// that has no single calls.
    mutating func openSQL() -> String? {
        guard let calls = calls() else { return nil }
        return """
            SELECT count(*), coalesce(sum(hold / \(Store.dollar)), 0), coalesce(sum(hold % \(Store.dollar)), 0)
            \(calls) AND time < ? AND (settled_time IS NULL OR settled_time >= ?)
            """
    }

    /// The single calls of the part, settled or not; nil for a part without any.
    private mutating func calls() -> String? {
        var late = ""
        switch part {
        case .calls: break
        case .lateCalls:
            late = " AND id > (SELECT last_id FROM ledger_day WHERE day = time / \(LedgerPart.dayMilliseconds))"
        case .days, .learned, .learnedLater: return nil
        }
        let filters = filters()
        arguments += [part.period.lowerBound.milliseconds, part.period.upperBound.milliseconds]
        return "FROM ledger WHERE \(filters) AND time >= ? AND time < ?" + late
    }

    private mutating func from() -> String {
        let asOf = query.asOf.milliseconds
        if let calls = calls() {
            arguments += [asOf]
            return calls + " AND settled_time < ?"
        }
        let filters = filters()
        if case .days(let days) = part {
            arguments += [query.needsDetail, days.lowerBound, days.upperBound]
            return "FROM ledger_day_total WHERE \(filters) AND detail = ? AND day >= ? AND day < ?"
        }
        arguments += [part.period.lowerBound.milliseconds, part.period.upperBound.milliseconds, asOf]
        // A closed month is the same whenever it is looked at: what was learned later is left out of its calls, as far as
        // those are settled by then.
        let known = time == "booked" ? "booked" : "settled_time"
        return "FROM ledger_correction WHERE \(filters) AND \(time) >= ? AND \(time) < ? AND \(known) < ?"
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
        if case .days = part, key == .day { "day" } else { "\(time) / \(1000 * query.stepSeconds(key))" }
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
