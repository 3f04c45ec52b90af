import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct MetricReaderTests {
    static let december = Timestamp(year: 2026, month: 12, day: 1)
    static let cost = MetricReference(MetricReader.Derived.monthToDateCost.metric)
    static let quota = MetricReference(MetricReader.Derived.quotaUsed.metric)

    /// Returns a store with calls on both sides of midnight at the end of November.
    static func store(_ folder: TemporaryFolder) throws -> Store {
        let store = try folder.store()
        let calls: [(id: String, time: Int, settled: Int?, dollars: String)] = [
            ("1", -100, -70, "1.000000000001"),
            ("2", -50, -1, "2"),
            // A call from November that is settled in December is in neither month's running total at that minute.
            ("3", -10, 5, "4"),
            ("4", 90, 130, "8"),
            ("open", 91, nil, "16"),
        ]
        for call in calls {
            try PurserFixture.call(
                call.id,
                at: december + call.time,
                settled: call.settled.map { december + $0 },
                cost: try PurserFixture.dollars(call.dollars),
                in: store
            )
        }
        return store
    }

    static func values(_ reader: MetricReader, _ reference: MetricReference, from: Int, to: Int) throws -> [String] {
        let slots = try reader.slots(of: [reference], from: december + from, to: december + to)[reference]
        return try #require(slots).slots.map { slot in
            "\(slot.start.hourAndMinute) \(slot.distribution.count) x \(slot.distribution.maximum)"
        }
    }

    @Test("the month's cost is the total settled by the end of each minute, and starts from zero each month")
    func monthToDateCost() throws {
        let folder = try TemporaryFolder()
        let reader = MetricReader(store: try Self.store(folder), quota: nil)
        let all = try Self.values(reader, Self.cost, from: -300, to: 240)
        #expect(
            all == [
                "23:58 1 x 1.000000000001", "23:59 1 x 3.000000000001", "00:00 1 x 0.0", "00:01 1 x 0.0",
                "00:02 1 x 8.0",
                "00:03 1 x 8.0",
            ]
        )
        // Any range has the same values, wherever it begins.
        for (index, minute) in (-2..<4).enumerated() {
            let some = try Self.values(reader, Self.cost, from: minute * 60, to: minute * 60 + 60)
            #expect(some == [all[index]])
        }
    }

    @Test("the quota's use counts the month's calls that began by the end of each minute")
    func quotaUsed() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        let reader = MetricReader(store: store, quota: 8)
        let all = try Self.values(reader, Self.quota, from: -300, to: 180)
        #expect(
            all == ["23:58 1 x 12.5", "23:59 1 x 37.5", "00:00 1 x 0.0", "00:01 1 x 25.0", "00:02 1 x 25.0"]
        )
        #expect(try Self.values(MetricReader(store: store, quota: nil), Self.quota, from: -300, to: 180) == [])
        // Calls that others made use up no quota.
        try PurserFixture.call("imported", at: Self.december + 95, settled: nil, source: .imported, in: store)
        #expect(try Self.values(reader, Self.quota, from: -300, to: 180) == all)
        // A simulation has a quota of its own, which is shown before the month's first live call: in any range the same.
        for second in [70, 100] {
            try PurserFixture.call(
                "s\(second)",
                at: Self.december + second,
                settled: nil,
                source: .simulated,
                in: store
            )
        }
        for number in 0..<4 {
            try PurserFixture.call("t\(number)", at: Self.december + 10, settled: nil, source: .simulated, in: store)
        }
        let later = try Self.values(reader, Self.quota, from: -300, to: 180)
        #expect(later == Array(all.prefix(2)) + ["00:00 1 x 50.0", "00:01 1 x 25.0", "00:02 1 x 25.0"])
        #expect(try Self.values(reader, Self.quota, from: 60, to: 180) == Array(later.suffix(2)))
    }

    @Test("in any range, merged by any period, they are the minutes that begin in it", arguments: [UInt64(1), 2, 3])
    func anyRange(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var random = TestRandom(seed)
        for call in 0..<80 {
            let second = Int.random(in: -9000..<9000, using: &random)
            try PurserFixture.call(
                "\(call)",
                at: Self.december + second,
                settled: Bool.random(using: &random)
                    ? Self.december + second + .random(in: 0..<900, using: &random) : nil,
                cost: Picodollars(Int128(call) * 1_000_000_007),
                source: CallSource.allCases[call % 3],
                in: store
            )
        }
        let reader = MetricReader(store: store, quota: 8)
        let references = [Self.cost, Self.quota]
        let minutes = try reader.slots(of: references, from: Self.december + -10_000, to: Self.december + 20_000)
        for _ in 0..<60 {
            let from = Self.december + .random(in: -9500..<9000, using: &random)
            // A minute that is not over has what was there at the end of the range.
            let to = (from + .random(in: 60..<9000, using: &random)).floored(toSeconds: 60)
            let period = [10, 60, 90, 300, 3600].randomElement(using: &random) ?? 60
            let count = Int(to - from) / 1000 / period
            let found = try reader.slots(of: references, from: from, to: to, period: period)
            for reference in references {
                let all = try #require(minutes[reference]).merged(from: from, to: from + count * period, period: period)
                let own = try #require(found[reference]).merged(from: from, to: from + count * period, period: period)
                #expect(own == all, "\(from) \(to) \(period)")
            }
            // The last minute of a range that ends within it has what was there then, merged or not.
            let end = to + .random(in: 1..<60, using: &random)
            let ends = (from: from, to: from + (Int(end - from) / 1000 / period + 1) * period)
            let unmerged = try reader.slots(of: references, from: from, to: end)
            let merged = try reader.slots(of: references, from: from, to: end, period: period)
            for reference in references {
                let all = try #require(unmerged[reference]).merged(from: ends.from, to: ends.to, period: period)
                let own = try #require(merged[reference]).merged(from: ends.from, to: ends.to, period: period)
                #expect(own == all, "\(from) \(end) \(period)")
            }
        }
    }

    @Test(
        "a range that ends before the first call is empty",
        arguments: [(-600, -300), (-600, -119), (-130, -125), (-200, -120), (-100, -100), (100, -100)]
    )
    func beforeTheFirstCall(from: Int, to: Int) throws {
        let folder = try TemporaryFolder()
        let reader = MetricReader(store: try Self.store(folder), quota: 8)
        let isBefore = to <= -120 || from >= to
        for reference in [Self.cost, Self.quota] {
            #expect(try Self.values(reader, reference, from: from, to: to).isEmpty == isBefore)
        }
    }

    @Test("dead letters count minute by minute as long as they are open")
    func deadLetters() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        // With text, without text, refused by the queue, and waiting for the queue.
        for (id, second, text) in [("text", -100, "hello"), ("bare", -90, nil), ("big", 10, nil), ("late", 70, nil)] {
            let letter = DeadLetter(
                requestId: id,
                correlationId: id,
                time: Self.december + second,
                caller: Caller(),
                modelId: "us.amazon.nova-lite-v1:0",
                code: "model_unavailable",
                error: "ThrottlingException",
                message: "The model is busy.",
                attempts: 4,
                characters: 5,
                content: text
            )
            #expect(try store.keep(letter))
        }
        try store.markRefused("big", error: "too large")
        try store.markUnforwarded("late", error: "AccessDenied")
        let reader = MetricReader(store: store, quota: nil)
        let letters = MetricReference(MetricReader.Derived.deadLetters.metric)
        let all = try Self.values(reader, letters, from: -120, to: 120)
        #expect(all == ["23:58 1 x 1.0", "23:59 1 x 1.0", "00:00 1 x 2.0", "00:01 1 x 3.0"])
        try store.removeDeadLetters(["text"])
        #expect(try Self.values(reader, letters, from: 60, to: 120) == ["00:01 1 x 2.0"])
    }

    @Test("a store without calls has no derived metrics")
    func empty() throws {
        let folder = try TemporaryFolder()
        let reader = MetricReader(store: try folder.store(), quota: 8)
        #expect(try Self.values(reader, Self.cost, from: -300, to: 240) == [])
        #expect(try reader.series() == [])
    }

    @Test("derived metrics have one unit, and are listed among the series that have data")
    func unitsAndSeries() throws {
        let folder = try TemporaryFolder()
        let store = try Self.store(folder)
        try PurserFixture.record([1], in: store)
        let seconds = MetricReference(Self.cost.metric, unit: .seconds)
        let none = MetricReference(Self.cost.metric, unit: MetricUnit.none)
        let reader = MetricReader(store: store, quota: 8)
        #expect(try Self.values(reader, seconds, from: -300, to: 240) == [])
        #expect(try Self.values(reader, none, from: -300, to: 240).count == 6)
        #expect(
            try reader.series().map(\.metric.name) == ["DeadLetters", "MonthToDateCost", "QuotaUsed", "ServerErrors"]
        )
        #expect(try reader.series(name: "QuotaUsed").map(\.unit) == [.percent])
        #expect(try reader.series(namespace: "Other") == [])
        let names = try MetricReader(store: store, quota: nil).series().map(\.metric.name)
        #expect(names == ["DeadLetters", "MonthToDateCost", "ServerErrors"])
    }
}
