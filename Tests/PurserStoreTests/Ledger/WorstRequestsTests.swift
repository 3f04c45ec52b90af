import GRDB
import PurserCore
@testable import PurserStore
import TestSupport
import Testing

@Suite(.blocking) struct WorstRequestsTests {
    private struct Call {
        var id: Int
        var time: Int64
        var outcome: String
        var latency: Int?

        var isFailed: Bool { !["success", "reserved", "Restored"].contains(outcome) }
    }

    @Test("failed calls come first, then the slowest, whichever index they are found by")
    func order() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.path("s.db"), .creating)
        var random = SeededRandom(seed: 5)
        let outcomes = ["success", "success", "success", "success", "reserved", "Restored", "ThrottlingException"]
        let calls = (1...600).map { id in
            let outcome = outcomes[Int(random.next() % UInt64(outcomes.count))]
            // Few values, so that many calls have the same.
            let latency = outcome == "reserved" ? nil : Int(random.next() % 20)
            return Call(id: id, time: Int64(random.next() % 1000), outcome: outcome, latency: latency)
        }
        try store.write { db in
            try db.execute(sql: "INSERT INTO price (id, model_id, content) VALUES (1, 'm', 'c')")
            for call in calls {
                try db.execute(
                    sql: """
                        INSERT INTO ledger (id, request_id, time, model_id, outcome, latency, price, hold)
                        VALUES (?, ?, ?, 'm', ?, ?, 1, 0)
                        """,
                    arguments: [call.id, "r\(call.id)", call.time, call.outcome, call.latency]
                )
            }
        }
        for (from, to) in [(0, 1000), (300, 340), (990, 2000), (5000, 6000)] as [(Int64, Int64)] {
            let inside = calls.filter { $0.time >= from && $0.time < to }.sorted { a, b in
                if a.isFailed != b.isFailed { return a.isFailed }
                return (a.latency ?? -1, a.id) > (b.latency ?? -1, b.id)
            }
            for limit in [0, 1, 5, 100, 1000] {
                let expected = inside.prefix(limit).map { "r\($0.id)" }
                for many in [0, 100_000] {
                    let found = try store.worstRequests(
                        from: Timestamp(milliseconds: from),
                        to: Timestamp(milliseconds: to),
                        limit: limit,
                        many: many
                    )
                    #expect(found.map(\.requestId) == expected, "\(from)..<\(to), \(limit), \(many)")
                }
            }
        }
    }

    @Test(
        "what was settled since a time is found by the time of settlement, and in a month that is over among its calls",
        arguments: [("2026-11", "ledger_settled_time"), ("2026-10", "ledger_time")]
    )
    func plan(name: String, index: String) throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: folder.path("s.db"), .creating)
        let month = try #require(CalendarMonth(name))
        var plans: [String] = []
        try store.write { db in
            for month in ["2026-10", "2026-11"] {
                try db.execute(
                    sql:
                        "INSERT INTO month_total (month, source, requests, spent, held) VALUES (?, 'live', 1, '1', '0')",
                    arguments: [month]
                )
            }
        }
        var statements: [String] = []
        try store.read { db in
            db.trace { statements.append($0.expandedDescription) }
            defer { db.trace(options: []) }
            _ = try store.monthTotals(month, asOf: month.start + 86_400)
        }
        #expect(!statements.isEmpty)
        try store.read { db in
            for statement in statements where statement.contains("settled_time >=") {
                plans += try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + statement).map { $0["detail"] }
            }
        }
        #expect(!plans.isEmpty && plans.allSatisfy { $0.contains(index) }, "\(plans)")
    }
}
