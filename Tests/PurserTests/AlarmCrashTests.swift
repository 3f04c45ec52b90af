import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking) struct AlarmCrashTests {
    static let isLong = ProcessInfo.processInfo.environment["PURSER_LONG_TESTS"] == "1"
    private static let minutes = 40
    /// Lanes run side by side.
    private static let lanes = 4

    /// A store with data, its log of deliveries, and the program that works on the two.
    private struct Bench {
        let folder: TemporaryFolder
        var path: String { folder.path("purser.db") }
        var log: String { folder.path("deliveries") }

        init(minutes: Int) throws {
            folder = try TemporaryFolder()
            let store = try Store(path: path, .creating)
            try ScriptedAlarms.record(minutes: minutes + 20, in: store)
        }

        func program(_ arguments: [String]) -> FaultyProgram {
            FaultyProgram(name: "AlarmFault", arguments: [path, log] + arguments)
        }

        /// The ids that were delivered, in their order.
        func deliveries() throws -> [String] {
            guard FileManager.default.fileExists(atPath: log) else { return [] }
            return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
        }

        func store() throws -> Store {
            try Store(path: path, .existing)
        }
    }

    /// Everything that a store knows of its alarms' changes, the earliest first.
    private static func history(_ store: Store) throws -> [AlarmTransition] {
        try store.transitions(limit: 100_000).sorted { ($0.name, $0.number) < ($1.name, $1.number) }
    }

    private static func check(_ bench: Bench, _ expected: [AlarmTransition], _ ids: Set<String>, _ note: Comment) throws
    {
        let store = try bench.store()
        #expect(try history(store) == expected, note)
        let sent = try store.messages(.sent, limit: 100_000)
        #expect(Set(sent.map(\.id)) == ids && sent.count == ids.count, note)
        #expect(try store.messageCount(.pending) == 0 && store.messageCount(.failed) == 0, note)
        #expect(Set(try bench.deliveries()) == ids, note)
    }

    @Test(
        "killed at any step between the query and sent, every change is there once and is delivered at least once, with its id",
        arguments: 0..<lanes
    )
    func killed(lane: Int) throws {
        let whole = try Bench(minutes: Self.minutes)
        let operations = try #require(try whole.program(["\(Self.minutes)"]).run().numbers["operations"])
        let expected = try Self.history(try whole.store())
        let ids = Set(try whole.deliveries())
        #expect(expected.count > 20 && ids.count > 15 && operations > 200)
        // Without a kill nothing is delivered twice.
        #expect(try whole.deliveries().count == ids.count)
        let stride = Self.isLong ? 1 : 16
        var (kills, repeated) = (0, 0)
        for (index, at) in Swift.stride(from: 1 + operations % stride, through: operations, by: stride).enumerated()
        where index % Self.lanes == lane {
            let bench = try Bench(minutes: Self.minutes)
            let note: Comment = "killed at operation \(at) of \(operations)"
            let first = try bench.program(["\(Self.minutes)"]).run(at: at, isTorn: at % 2 == 0)
            kills += first.isKilled ? 1 : 0
            let second = try bench.program(["\(Self.minutes)"]).run()
            #expect(!second.isKilled, note)
            try Self.check(bench, expected, ids, note)
            repeated += try bench.deliveries().count - ids.count
        }
        print("kill -9: \(kills) kills in lane \(lane), \(repeated) messages delivered again")
        // One message is under way at a time.
        #expect(kills >= (Self.isLong ? 100 : 5) && repeated <= kills)
    }

    @Test("two crons a minute for a day: every change once, every message once")
    func twoCrons() throws {
        let minutes = Self.isLong ? 1440 : 180
        let alone = try Bench(minutes: minutes)
        _ = try alone.program(["\(minutes)"]).run()
        let expected = try Self.history(try alone.store())
        let ids = Set(try alone.deliveries())
        #expect(expected.count > minutes / 5)
        let bench = try Bench(minutes: minutes)
        let crons = try (0..<2).map { _ in try bench.program([]).start() }
        for minute in 0..<minutes {
            let line = Data("\(minute)\n".utf8)
            for cron in crons { try cron.input.fileHandleForWriting.write(contentsOf: line) }
            // Cron starts the next two when these have long ended.
            for cron in crons { #expect(cron.awaitLine() == "minute \(minute)") }
        }
        for cron in crons { _ = try cron.end() }
        try Self.check(bench, expected, ids, "two crons")
        #expect(try bench.deliveries().count == ids.count)
    }
}
