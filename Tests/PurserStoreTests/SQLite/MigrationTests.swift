import Foundation
import GRDB
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct MigrationTests {
    /// Returns the path of a store as a program with only these migrations would leave it.
    private static func old(_ folder: TemporaryFolder, migrations: [String]) throws -> String {
        let path = folder.path("purser.db")
        let queue = try DatabaseQueue(path: path)
        var migrator = DatabaseMigrator()
        for file in EmbeddedFile.all(in: "migrations") where migrations.contains(String(file.name.dropLast(4))) {
            migrator.registerMigration(String(file.name.dropLast(4))) { try $0.execute(sql: file.text) }
        }
        try migrator.migrate(queue)
        try queue.write { db in
            try db.execute(sql: "INSERT INTO series VALUES (1, 'Test', 'A', '[]', 'Count')")
            try db.execute(sql: "INSERT INTO writer (id, name, sequence) VALUES (1, 'w', 360)")
            for step in 0..<360 {
                let distribution = try #require(Distribution(value: 1, count: step + 1))
                try db.execute(
                    sql: "INSERT INTO point VALUES (?, 1, 1, ?, ?)",
                    arguments: [RollUpTests.start.seconds + Int64(step) * 10, step + 1, Data(distribution.encoded())]
                )
            }
        }
        try queue.close()
        return path
    }

    @Test("a store of the first schema opens, keeps its data, and is rolled up")
    func first() throws {
        let folder = try TemporaryFolder()
        let store = try Store(path: try Self.old(folder, migrations: ["0001-initial"]), .existing)
        let end = RollUpTests.start + 3600
        #expect(try store.newestSlotEnd(before: end + 1000, namespace: "Test") == end)
        #expect(try RollUpTests.total(store, "A", from: RollUpTests.start, to: end).count == 360 * 361 / 2)
        #expect(try store.rollUp(now: end + 3600)?.slots == 360)
        #expect(try RollUpTests.total(store, "A", from: RollUpTests.start, to: end).count == 360 * 361 / 2)
        #expect(
            try RollUpTests.total(store, "A", from: RollUpTests.start, to: end, period: 3600).count == 360 * 361 / 2
        )
        #expect(try store.newestSlotEnd(before: end + 1000, namespace: "Test") == end)
        // The writer continues where it was.
        let flush = Flush(writer: "w", sequence: 360, points: [try StoreTests.point("A", at: end.seconds)])
        #expect(try !store.record(flush))
        #expect(try store.health().faults == [])
    }

    @Test("a message stored when only its id named its alarm or budget still says what it is about")
    func messages() throws {
        let folder = try TemporaryFolder()
        let numbers = [
            "0001-initial", "0002-blocks", "0003-alarms", "0004-budgets", "0005-access-keys", "0006-dead-letters",
        ]
        let path = try Self.old(folder, migrations: numbers)
        let queue = try DatabaseQueue(path: path)
        let topic = "arn:aws:sns:us-east-1:111122223333:oncall"
        try queue.write { db in
            for (id, source) in [
                ("a/b 1/12/\(topic)", "a/b 1"), ("late/3/\(topic)/reminder-2", "late"),
                ("budget/my/chat/2026-11/ACTUAL/5/1/\(topic)", "arn:aws:budgets::111122223333:budget/my/chat"),
            ] {
                try db.execute(
                    sql: """
                        INSERT INTO outbox (id, target, subject, body, attributes, source, created)
                        VALUES (?, ?, 's', 'b', '{}', ?, 1)
                        """,
                    arguments: [id, topic, source]
                )
            }
        }
        try queue.close()
        let messages = try Store(path: path, .existing).messages(.pending)
        #expect(
            messages.map(\.about) == [
                .alarm("a/b 1", change: 12), .alarm("late", change: 3),
                .budget("my/chat", period: "2026-11"),
            ]
        )
        #expect(messages.allSatisfy { $0.target.description == topic })
    }

    @Test("a store from before spans of evaluation counts its whole history as evaluated, and keeps acknowledgements")
    func spans() throws {
        let folder = try TemporaryFolder()
        let all = EmbeddedFile.all(in: "migrations").map { String($0.name.dropLast(4)) }
        let path = try Self.old(folder, migrations: all.filter { $0 < "0010" })
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: "INSERT INTO evaluation (id, time, ran) VALUES (1, 600000, 600000)")
            try db.execute(
                sql: """
                    INSERT INTO alarm_history (name, transition, time, old_state, new_state, reason)
                    VALUES ('a', 1, 120000, 'OK', 'ALARM', 'r')
                    """
            )
            try db.execute(
                sql: "INSERT INTO acknowledgement (name, transition, time, note) VALUES ('a', 1, 130000, 'n')"
            )
            try db.execute(sql: "INSERT INTO heartbeat (writer, time) VALUES ('w', 600000)")
        }
        try queue.close()
        let store = try Store(path: path, .existing)
        let time = { (seconds: Int64) in Timestamp(seconds: seconds) }
        #expect(try store.lastEvaluation(upTo: time(119)) == nil)
        #expect(try store.lastEvaluation(upTo: time(300)) == time(300))
        #expect(try store.lastEvaluation(upTo: time(9000)) == time(600))
        #expect(try store.acknowledgements() == ["a": Acknowledgement(transition: 1, time: time(130), note: "n")])
        #expect(try store.mutes().isEmpty && store.heartbeatSpans(namespace: "A").isEmpty)
        try store.beat("w", at: time(630))
        #expect(try store.heartbeatSpans(namespace: "A") == [time(630)...time(630)])
    }

    @Test("the end of an old mute counts as dealt with if it was before the last evaluation")
    func mutes() throws {
        let folder = try TemporaryFolder()
        let names = EmbeddedFile.all(in: "migrations").map(\.name).filter { $0 < "0011" }
        let path = try Self.old(folder, migrations: names.map { String($0.dropLast(".sql".count)) })
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: "INSERT INTO evaluation (id, time, ran) VALUES (1, 600000, 600000)")
            for (name, until) in [("a", 600_000), ("b", 600_001)] {
                try db.execute(
                    sql: "INSERT INTO mute (name, start, until, state) VALUES (?, 0, ?, 'OK')",
                    arguments: [name, until]
                )
            }
        }
        try queue.close()
        #expect(try Store(path: path, .existing).mutes().mapValues(\.isDone) == ["a": true, "b": false])
    }

    @Test("a ledger from before budgets and leases opens: its holds never expire, and a budget counts them")
    func ledger() throws {
        let folder = try TemporaryFolder()
        let path = try Self.old(folder, migrations: ["0001-initial", "0002-blocks", "0003-alarms"])
        let queue = try DatabaseQueue(path: path)
        let time = LedgerTests.november
        try queue.write { db in
            try db.execute(sql: "INSERT INTO price VALUES (1, 'm', 'p')")
            for (id, team, settled, cost) in [
                ("1", "support", true, 3), ("2", "support", false, 0), ("3", "x", false, 0),
            ] {
                try db.execute(
                    sql: """
                        INSERT INTO ledger (request_id, time, settled_time, team, model_id, outcome, price, hold, cost)
                        VALUES (?, ?, ?, ?, 'm', ?, 1, 10, ?)
                        """,
                    arguments: [
                        id, time.milliseconds, settled ? time.milliseconds : nil, team,
                        settled ? "success" : "reserved", cost,
                    ]
                )
            }
            try db.execute(sql: "INSERT INTO month_total VALUES ('2026-11', 3, '3', '20')")
        }
        try queue.close()
        let store = try Store(path: path, .existing)
        #expect(try store.settleAbandoned(at: Timestamp(year: 2100, month: 1, day: 1)) == 0)
        let month = CalendarMonth(containing: time)
        #expect(try store.monthTotal(month) == MonthTotal(requests: 3, spent: Picodollars(3), held: Picodollars(20)))
        try store.setBudget(Picodollars(100), for: .team("support"), at: time)
        let standing = try #require(try store.budgets(month).first)
        #expect(standing.spent == Picodollars(3) && standing.held == Picodollars(10))
        #expect(try store.settle(LedgerTests.settlement("2", cost: Picodollars(4))).isSettled)
        #expect(try store.requests(.newest, from: month.start, to: month.end, limit: 9).count == 3)
        #expect(try store.health().faults == [])
    }
}
