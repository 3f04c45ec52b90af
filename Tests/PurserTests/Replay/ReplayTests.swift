import ChatService
import Foundation
import PurserAWS
import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct TrafficTraceTests {
    @Test("rows are read with their fractions of a second, with either line ending", arguments: ["\n", "\r\n"])
    func reading(lineEnd: String) throws {
        let lines = [
            TrafficTrace.header, "2023-11-16 18:15:46.6805900,374,44", "2023-11-16 18:15:50.9951690,396,109", "",
        ]
        let trace = try TrafficTrace(csv: lines.joined(separator: lineEnd), file: "t.csv")
        #expect(trace.start == Timestamp(iso8601: "2023-11-16T18:15:46.680"))
        #expect(
            trace.rows == [
                .init(offset: 0, inputTokens: 374, outputTokens: 44),
                .init(offset: 4_314_579_000, inputTokens: 396, outputTokens: 109),
            ]
        )
    }

    @Test(
        "every fault is reported with its line and column",
        arguments: [
            ("2023-11-16 18:15:46,374", "t.csv:2: 2 fields; a row has 3 (TIMESTAMP,ContextTokens,GeneratedTokens)"),
            ("yesterday,1,2", "t.csv:2: TIMESTAMP: `yesterday` is not a time like 2023-11-16 18:15:46.6805900"),
            ("2023-11-16 18:15:46,-1,2", "t.csv:2: ContextTokens: `-1` is not a whole number from 0 to 100000000"),
            ("2023-11-16 18:15:46,1,2.5", "t.csv:2: GeneratedTokens: `2.5` is not a whole number from 0 to 100000000"),
            ("2023-11-16 18:15:46,1,+2", "t.csv:2: GeneratedTokens: `+2` is not a whole number from 0 to 100000000"),
            (
                "2300-01-01 00:00:00,1,2",
                "t.csv:2: TIMESTAMP: `2300-01-01 00:00:00` is not a time like 2023-11-16 18:15:46.6805900"
            ),
            ("", "t.csv: the file has no rows"),
        ] as [(String, String)]
    )
    func faults(row: String, expected: String) {
        let error = #expect(throws: Diagnostics.self) {
            try TrafficTrace(csv: TrafficTrace.header + "\n" + row + "\n", file: "t.csv")
        }
        #expect(error?.description == expected)
    }

    @Test("rows must be in ascending order, and the header must be present")
    func orderAndHeader() {
        let text = TrafficTrace.header + "\n2023-11-16 18:15:46,1,2\n2023-11-16 18:15:45,1,2\n"
        let error = #expect(throws: Diagnostics.self) { try TrafficTrace(csv: text, file: "t.csv") }
        #expect(error?.all.map(\.file) == ["t.csv:3"])
        let none = #expect(throws: Diagnostics.self) { try TrafficTrace(csv: "a,b\n", file: "t.csv") }
        #expect(none?.all.map(\.file) == ["t.csv:1"])
    }
}

@Suite(.blocking) struct ReplayTests {
    static let start = Timestamp(year: 2026, month: 11, day: 16, hour: 18)

    /// Returns ten calls a minute, by default for five minutes; some of them are long.
    static func trace(rows: Int = 50) -> TrafficTrace {
        var random = SeededRandom(seed: 5)
        return TrafficTrace(
            start: start,
            rows: (0..<rows).map { index in
                .init(
                    offset: Int64(index) * 6_000_000_000 + Int64(random.next() % 5_000_000_000),
                    inputTokens: Int(random.next() % 800),
                    outputTokens: Int(random.next() % 900)
                )
            }
        )
    }

    static func replay(
        _ trace: TrafficTrace = trace(),
        faults: [String] = [],
        liftsLimits: Bool = false,
        team: String? = nil,
        _ change: (inout ChatConfiguration) -> Void = { _ in }
    ) throws -> Replay {
        var configuration = ChatConfiguration()
        change(&configuration)
        return Replay(
            trace: trace,
            digest: "digest",
            modelId: "us.amazon.nova-lite-v1:0",
            start: start,
            team: team,
            configuration: configuration,
            faults: try faults.map { ($0, try #require(FaultPlan($0))) },
            liftsLimits: liftsLimits
        )
    }

    /// Returns everything that a replay stores, as text.
    static func content(_ store: Store) throws -> String {
        let requests = try store.requests(.newest, from: Timestamp(seconds: 0), to: start + 1_000_000, limit: 100_000)
        let references = try store.series().map { MetricReference($0.metric, unit: $0.unit) }
        let slots = try store.slots(of: references, from: Timestamp(seconds: 0), to: start + 1_000_000)
        let metrics = references.map { "\($0): \(slots[$0]?.slots.map { "\($0)" } ?? [])" }
        let total = try store.monthTotal(CalendarMonth(containing: start))
        return (requests.map { "\($0)" } + metrics + ["\(total)"]).joined(separator: "\n")
    }

    @Test("the ledger, the metrics and the tally agree to the last picodollar")
    func agreement() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let result = try Self.replay(faults: ["throttling:0.3"]).run(
            in: store,
            prices: PriceBook(try TestPrices.catalog())
        )
        let month = CalendarMonth(containing: Self.start)
        #expect(result.tally.requests == 50 && result.isNew)
        #expect(result.tally.refused["message_too_long"] ?? 0 > 5)
        #expect(result.tally.retries > 0)
        let rows = try store.costRows(month, asOf: month.end, by: [])
        #expect(rows[0].cost == result.tally.cost && rows[0].usage.input == result.tally.inputTokens)
        #expect(rows[0].requests == result.tally.answered + result.tally.failed)
        func sum(_ metric: ChatMetric) throws -> Double {
            let reference = MetricReference(Metric(namespace: ChatMetric.namespace, name: metric.rawValue))
            return try store.slots(of: [reference], from: month.start, to: month.end)[reference]?
                .total(from: month.start, to: month.end).sum ?? 0
        }
        #expect(try sum(.invocations) == Double(result.tally.answered + result.tally.failed))
        #expect(try sum(.clientErrors) == Double(result.tally.refusedTotal))
        #expect(try sum(.errors) == Double(result.tally.failed))
        #expect(try sum(.inputTokens) == Double(result.tally.inputTokens))
        #expect(try sum(.outputTokens) == Double(result.tally.outputTokens))
        #expect(try sum(.retries) == Double(result.tally.retries))
        #expect(abs(try sum(.estimatedCost) - result.tally.cost.dollars) < 1e-9 * 50)
        #expect(try store.health().faults == [])
        #expect(try store.health().openReservations == 0)
    }

    @Test("repeating a replay changes nothing and returns the same result")
    func repetition() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let prices = PriceBook(try TestPrices.catalog())
        let first = try Self.replay().run(in: store, prices: prices)
        let before = try Self.content(store)
        let second = try Self.replay().run(in: store, prices: prices)
        #expect(second.tally == first.tally && !second.isNew)
        #expect(try Self.content(store) == before)
    }

    @Test("the same replay into two stores gives the same content")
    func determinism() throws {
        let folder = try TemporaryFolder()
        let contents = try ["a.db", "b.db"].map { name in
            let store = try folder.store(name)
            _ = try Self.replay(faults: ["slow:3@1m+1m", "timeout:0.1"]).run(
                in: store,
                prices: PriceBook(try TestPrices.catalog())
            )
            return try Self.content(store)
        }
        #expect(contents[0] == contents[1])
    }

    @Test(
        "a replay stopped after any commit resumes and ends with the result of an uninterrupted one",
        arguments: [1, 2, 7, 20, 29]
    )
    func resumption(commits: Int) throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let prices = PriceBook(try TestPrices.catalog())
        let make = {
            try Self.replay(faults: ["throttling:0.4", "timeout:0.1"]) { $0.budget = Picodollars(2_500_000_000) }
        }
        let whole = try folder.store("whole.db")
        let expected = try make().run(in: whole, prices: prices)
        #expect(expected.tally.refused["budget_exceeded"] ?? 0 > 0, "the budget should matter in this test")

        let stopped = try folder.store("stopped.db")
        // The store refuses every commit after the first `commits`, as if the run were cut off there.
        try stopped.breakForTest(
            """
            CREATE TRIGGER stop BEFORE UPDATE ON writer WHEN new.sequence > \(commits)
            BEGIN SELECT raise(ABORT, 'stopped'); END
            """
        )
        #expect(throws: StoreError.self) { try make().run(in: stopped, prices: prices) }
        #expect(try stopped.progress(ofWriter: try #require(try stopped.writerNames().first))?.sequence == commits)
        try stopped.breakForTest("DROP TRIGGER stop")
        let resumed = try make().run(in: stopped, prices: prices)
        #expect(resumed.tally == expected.tally)
        #expect(try Self.content(stopped) == Self.content(whole))
        #expect(try stopped.health().faults == [])
    }

    @Test("a replay keeps to the store's budgets among simulated calls, uses up nothing else, and may lift them all")
    func budgets() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let prices = PriceBook(try TestPrices.catalog())
        try store.setBudget(Picodollars(2_500_000_000), for: .all, at: Self.start)
        let limited = try Self.replay().run(in: store, prices: prices).tally
        #expect(limited.answered > 0 && limited.refused["budget_exceeded"] ?? 0 > 0)
        let month = CalendarMonth(containing: Self.start)
        #expect(try store.budgets(month).map(\.spent) == [.zero])
        #expect(try store.monthTotal(month, .simulated).spent == limited.cost && limited.cost > .zero)
        #expect(try store.monthTotal(month, .live) == MonthTotal())

        let lifted = try folder.store("lifted.db")
        try lifted.setBudget(Picodollars(1), for: .all, at: Self.start)
        let all = try Self.replay(faults: ["timeout:0.5"], liftsLimits: true).run(in: lifted, prices: prices).tally
        #expect(all.refused == [:] && all.answered > limited.answered && all.retries > 0)
        #expect(try lifted.health().faults == [])
    }

    @Test("the same file with other options is refused, and nothing is changed")
    func otherOptions() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let prices = PriceBook(try TestPrices.catalog())
        _ = try Self.replay().run(in: store, prices: prices)
        let before = try Self.content(store)
        #expect(throws: TrafficError.self) { try Self.replay(liftsLimits: true).run(in: store, prices: prices) }
        #expect(throws: TrafficError.self) { try Self.replay(faults: ["slow:2"]).run(in: store, prices: prices) }
        #expect(throws: TrafficError.self) { try Self.replay(team: "x").run(in: store, prices: prices) }
        #expect(try Self.content(store) == before)
    }

    @Test("a gap of several months is skipped without delay, and a replay may start at any time since 1970")
    func gapsAndStarts() throws {
        let folder = try TemporaryFolder()
        let day: Int64 = 86_400 * 1_000_000_000
        let rows = [0, 1, 300].map { TrafficTrace.Row(offset: $0 * day, inputTokens: 10, outputTokens: 20) }
        let prices = PriceBook(try TestPrices.catalog())
        for (index, start) in [Self.start + 7, Timestamp(seconds: 0), Timestamp(year: 2199, month: 1, day: 1)]
            .enumerated()
        {
            let store = try folder.store("\(index).db")
            let trace = TrafficTrace(start: start, rows: rows)
            let make = {
                Replay(
                    trace: trace,
                    digest: "gap",
                    modelId: "us.amazon.nova-lite-v1:0",
                    start: start,
                    team: nil,
                    configuration: ChatConfiguration(),
                    faults: [],
                    liftsLimits: true
                )
            }
            #expect(try make().run(in: store, prices: prices).tally.answered == 3)
            #expect(try !make().run(in: store, prices: prices).isNew)
            let calls = MetricReference(Metric(namespace: ChatMetric.namespace, name: "Invocations"))
            let slots = try store.slots(of: [calls], from: start - 10, to: start + 301 * 86_400)[calls]?.slots ?? []
            #expect(slots.map(\.start) == [0, 1, 300].map { (start + $0 * 86_400).floored(toSeconds: 10) })
        }
    }

    @Test("an unknown model is an error that names similar ids, before anything is stored")
    func unknownModel() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var replay = try Self.replay()
        replay.modelId = "us.amazon.nova-lite-v2:0"
        let error = #expect(throws: TrafficError.self) {
            try replay.run(in: store, prices: PriceBook(try TestPrices.catalog()))
        }
        #expect(error?.description.contains("us.amazon.nova-lite-v1:0") == true)
        #expect(try store.writerNames().isEmpty)
    }

    @Test("limits apply as configured, and --no-limits lifts them all")
    func limits() throws {
        let folder = try TemporaryFolder()
        let prices = PriceBook(try TestPrices.catalog())
        let limited = try Self.replay { $0.quota = 10 }.run(in: try folder.store("a.db"), prices: prices)
        #expect(limited.tally.answered == 10)
        #expect(limited.tally.refused["quota_exceeded"] ?? 0 > 0)
        let free = try Self.replay(liftsLimits: true) {
            $0.quota = 10; $0.maxTokens = 100
        }
        .run(in: try folder.store("b.db"), prices: prices)
        #expect(free.tally.answered == 50)
        #expect(free.tally.outputTokens == Self.trace().rows.reduce(0) { $0 + $1.outputTokens })
    }

    @Test(
        "faults are read in their notation",
        arguments: [
            ("throttling:0.3@20m+10m", FaultPlan(kind: .error(.throttling), rate: 0.3, window: 1200..<1800)),
            ("server-error:5%", FaultPlan(kind: .error(.internalServer), rate: 0.05, window: nil)),
            ("slow:4@0s+1h", FaultPlan(kind: .slow(4), rate: 1, window: 0..<3600)),
        ] as [(String, FaultPlan)]
    )
    func faultNotation(text: String, plan: FaultPlan) {
        #expect(FaultPlan(text) == plan)
    }

    @Test(
        "other notations are refused",
        arguments: [
            "", "slow", "slow:0", "throttling:0", "throttling:1.5", "x:0.1", "slow:2@5m", "slow:2@5m+0s", "slow:2@5+6",
        ]
    )
    func wrongFaultNotation(text: String) {
        #expect(FaultPlan(text) == nil)
    }
}
