import Foundation
import GRDB
import PurserCore
import PurserStore

/// The time of a whole `purser cost` over a month of many calls, as multiples of `purser --version`'s; and what the ledger's
/// rows and the totals of its days take on disk.
struct Costing {
    private static let month = CalendarMonth(containing: Timestamp(year: 2026, month: 10, day: 1))
    private static let users = 2000
    private static let limits = (million: 8.0, hundredMillion: 15.0)

    let program: WholeProgram
    let folder: URL

    init(_ program: String, _ folder: URL) {
        self.program = WholeProgram(path: program)
        self.folder = folder
    }

    func run() throws {
        print("\nCOST, whole processes: reports of a month, \(Self.users) users in 20 teams, 3 models")
        let million = try fill("million", calls: 1_000_000)
        let uncounted = try Store(path: million, .existing)
        try measure("a million calls, call by call", million, runs: 7, limit: nil)
        let before = try size(million)
        let clock = ContinuousClock()
        let took = try clock.measure { try uncounted.rollUp(now: Self.month.end + 86_400) }
        let health = try uncounted.health()
        print("  \(health.countedDays) days counted in \(took / .seconds(1)) s")
        try measure("a million calls", million, runs: 31, limit: Self.limits.million)
        let totals = try rows(million, "ledger_day_total")
        print("  a call takes \(before / 1_000_000) bytes, a day's total \((try size(million) - before) / totals)")
        try change(million)
        try measure("the same, but the last day", million, runs: 31, limit: Self.limits.million)
        let hundred = try fill("hundred", calls: 300)
        try multiply(hundred)
        try measure(
            "a hundred million calls, totals only",
            hundred,
            runs: 31,
            limit: Self.limits.hundredMillion
        )
    }

    private func measure(_ name: String, _ path: String, runs: Int, limit: Double?) throws {
        // Again each time, because other machines may have taken the processors meanwhile.
        let version = try Measurement(runs: 31) { try program.run(["--version"]) }
        report("purser --version", version.text(1000), "ms")
        for arguments in [["--by", "team,model"], ["--by", "user"], ["--by", "day"]] {
            let at = (Self.month.end + 7200).iso8601()
            let command = ["--store", path, "cost", "--month", "\(Self.month)", "--at", at] + arguments
            let times = try Measurement(runs: runs) { try program.run(command) }
            // The limits are those of a report by team and model.
            let limit = arguments[1] == "team,model" ? limit : nil
            let ratio = ((times.median / version.median) * 100).rounded() / 100
            report(
                "\(name) \(arguments[1])",
                times.text(1000),
                "ms, \(ratio) times" + (limit.map { "; limit \(Int($0))" } ?? "")
            )
        }
    }

    /// Creates a store with calls spread evenly over the month, and one call after it.
    private func fill(_ name: String, calls: Int) throws -> String {
        let path = folder.appendingPathComponent("cost-\(name).db").path
        let store = try Store(path: path, .creating)
        try store.checkpoint()
        let queue = try DatabaseQueue(path: path)
        let step = Double(Self.month.end.milliseconds - Self.month.start.milliseconds) / Double(calls)
        try queue.write { db in
            for (number, price) in try PriceCatalog.shipped().prices.prefix(3).enumerated() {
                try db.execute(
                    sql: "INSERT INTO price (id, model_id, content) VALUES (?, ?, ?)",
                    arguments: [number + 1, price.modelId, price.content]
                )
            }
            try db.execute(
                sql: """
                    WITH RECURSIVE call (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM call WHERE n < ?1)
                    INSERT INTO ledger (request_id, time, settled_time, user, team, application, model_id, outcome,
                        input_tokens, output_tokens, latency, price, hold, cost)
                    SELECT 'aaaaaaaa-bbbb-4ccc-8ddd-' || printf('%012d', n), ?2 + CAST(n * ?3 AS INTEGER),
                        ?2 + CAST(n * ?3 AS INTEGER) + 2000, 'user-' || (n % ?4), 'team-' || (n % 20), 'chat',
                        (SELECT model_id FROM price WHERE id = n % 3 + 1), iif(n % 50 = 0, 'ThrottlingException', 'success'),
                        900 + n % 100, 350, 2000, n % 3 + 1, 400000000, 150000000 + n % 7
                    FROM call
                    """,
                arguments: [calls, Self.month.start.milliseconds, step, Self.users]
            )
            try db.execute(
                sql: "UPDATE ledger SET time = ?, settled_time = NULL WHERE id = ?",
                arguments: [
                    (Self.month.end + 3700).milliseconds, calls + 1,
                ]
            )
        }
        try queue.close()
        return path
    }

    /// Changes a call of the last day, which then has to be read call by call until it is counted again.
    private func change(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            let last = "(SELECT max(id) FROM ledger WHERE settled_time IS NOT NULL)"
            try db.execute(sql: "UPDATE ledger SET latency = latency + 1 WHERE id = \(last)")
        }
        try queue.close()
    }

    /// Puts the totals of a hundred million calls in the place of the store's few calls.
    private func multiply(_ path: String) throws {
        let days = Self.month.start.seconds / 86_400..<Self.month.end.seconds / 86_400
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: "DELETE FROM ledger WHERE settled_time IS NOT NULL")
            for day in days {
                try db.execute(sql: "INSERT INTO ledger_day VALUES (?, 'removed', 0, 0, 0)", arguments: [day])
                for (detail, groups) in [(0, 120), (1, 6 * Self.users)] {
                    try db.execute(
                        sql: """
                            WITH RECURSIVE total (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM total WHERE n < ?3 - 1)
                            INSERT INTO ledger_day_total (day, detail, number, price, model_id, tier, is_long, outcome,
                                estimated, source, team, application, user, requests, input_tokens, output_tokens,
                                cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, cost_dollars, cost_rest)
                            SELECT ?1, ?2, n, n % 3 + 1, (SELECT model_id FROM price WHERE id = n % 3 + 1), 'standard', 0,
                                iif(n % 2 = 0, 'ThrottlingException', 'success'), 0, 'live', 'team-' || (n / 6 % 20), 'chat',
                                iif(?2 = 1, 'user-' || (n / 6), NULL), ?4 / ?3, 900 * (?4 / ?3), 350 * (?4 / ?3), 0, 0, 0,
                                3, 150000000 FROM total
                            """,
                        arguments: [day, detail, groups, 100_000_000 / days.count]
                    )
                }
            }
        }
        try queue.close()
    }

    private func size(_ path: String) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            try (Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0) * (Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
        }
    }

    private func rows(_ path: String, _ table: String) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }
}
