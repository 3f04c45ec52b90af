import Foundation
import GRDB
import PurserCore
@testable import PurserStore
import TestSupport
import Testing

@Suite(.blocking) struct RollUpTests {
    static let seeds = TestScope.isLong ? 24 : 6
    static let start = Timestamp(seconds: 1_790_000_000).floored(toSeconds: 3600)

    static func reference(_ name: String) -> MetricReference {
        MetricReference(StoreTests.series(name).metric)
    }

    /// Returns the merged distribution of all slots of a range.
    static func total(_ store: Store, _ name: String, from: Timestamp, to: Timestamp, period: Int? = nil) throws
        -> Distribution
    {
        let reference = reference(name)
        let slots = try store.slots(of: [reference], from: from, to: to, period: period)[reference]?.slots ?? []
        var total = Distribution.empty
        for slot in slots {
            total.merge(slot.distribution)
        }
        return total
    }

    /// The expected content of a store: every slot that was ever recorded.
    struct Model {
        var slots: [(name: String, start: Timestamp, distribution: Distribution)] = []

        /// Returns the merged distribution of each period from `from` on, by its start.
        func periods(_ name: String, from: Timestamp, to: Timestamp, _ period: Int) -> [Timestamp: Distribution] {
            var result: [Timestamp: Distribution] = [:]
            for slot in slots where slot.name == name && slot.start >= from && slot.start < to {
                let index = (slot.start - from) / (Int64(period) * 1000)
                result[from + Int(index) * period, default: .empty].merge(slot.distribution)
            }
            return result
        }
    }

    @Test(
        "whatever is recorded, rolled up and queried, in any order, nothing is lost or counted twice",
        arguments: 1...Self.seeds
    )
    func modelled(seed: Int) throws {
        var random = TestRandom(UInt64(seed))
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var model = Model()
        var now = Self.start
        var sequences: [String: Int] = [:]
        let names = ["A", "B", "C"]
        for _ in 0..<60 {
            now = now + Int.random(in: 1...40, using: &random) * 300
            let writer = ["w", "v"].randomElement(using: &random) ?? "w"
            sequences[writer, default: 0] += 1
            // Mostly recent slots; sometimes several hours together, and sometimes up to two weeks late.
            let isLate = Int.random(in: 0..<5, using: &random) == 0
            let end = isLate ? now - Int.random(in: 0...14 * 86_400, using: &random) : now
            let length = [1, 3, 40, 400].randomElement(using: &random) ?? 1
            var points: [Flush.Point] = []
            for step in 0..<length {
                for name in names where Bool.random(using: &random) {
                    let start = (end - 10 * step).floored(toSeconds: 10)
                    let nanos = Int64.random(in: 1...5_000_000_000, using: &random)
                    let distribution = try #require(
                        Distribution(value: Double(nanos) / 1e9, count: Int.random(in: 1...3, using: &random))
                    )
                    points.append(
                        .init(series: StoreTests.series(name), slot: Slot(start: start, distribution: distribution))
                    )
                    model.slots.append((name, start, distribution))
                }
            }
            try store.record(Flush(writer: writer, sequence: sequences[writer] ?? 0, points: points))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: try store.rollUp(now: now)
            case 1: try store.rollUp(now: now, isTimeUp: { Int.random(in: 0..<4, using: &random) == 0 })
            case 2: try store.checkpoint()
            default: break
            }
            try compare(store, model, now, "seed \(seed)", &random)
        }
        try store.rollUp(now: now + 3600)
        #expect(try store.health().points == 0)
        try compare(store, model, now, "seed \(seed)", &random)
        #expect(try store.health().faults == [])
    }

    private func compare(
        _ store: Store,
        _ model: Model,
        _ now: Timestamp,
        _ note: String,
        _ random: inout TestRandom
    ) throws {
        // Whole minutes, because data past the retention of the finest slots has no steps finer than a minute.
        let period = [60, 300, 3600, 5400, 7200, 86_400, 40 * 86_400].randomElement(using: &random) ?? 60
        let from = (now - Int.random(in: 0...20 * 86_400, using: &random)).floored(toSeconds: 60)
        let to = from + Int.random(in: 1...3 * 1440, using: &random) * 60
        for name in ["A", "B", "C"] {
            let reference = Self.reference(name)
            let slots = try store.slots(of: [reference], from: from, to: to, period: period)[reference]?.slots ?? []
            let found = Dictionary(slots.map { ($0.start, $0.distribution) }, uniquingKeysWith: { first, _ in first })
            #expect(found.count == slots.count, "\(note): two slots of one period")
            #expect(
                found == model.periods(name, from: from, to: to, period),
                "\(note), \(name), \(period) s from \(from) to \(to)"
            )
            let raw = try Self.total(store, name, from: from, to: to)
            #expect(
                raw == model.periods(name, from: from, to: to, 1 << 30).values.first ?? .empty,
                "\(note), \(name), raw"
            )
        }
        let newest = model.slots.filter { $0.start < now }.map { $0.start + 10 }.max()
        if let newest, let end = try store.newestSlotEnd(before: now, namespace: "Test") {
            #expect(end >= newest && end < newest + 60, "\(note): newest slot")
        }
    }

    @Test("the newest slot of a namespace is found in rolled up hours, whatever other namespaces have")
    func newestOfNamespace() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let one = try #require(Distribution(value: 1))
        for (namespace, hours) in [("Old", 0), ("New", 30)] {
            let series = Series(Metric(namespace: namespace, name: "A"), unit: .count)
            let slot = Slot(start: Self.start + hours * 3600, distribution: one)
            #expect(
                try store.record(Flush(writer: namespace, sequence: 1, points: [.init(series: series, slot: slot)]))
            )
        }
        for isRolledUp in [false, true] {
            let later = Self.start + 40 * 3600
            if isRolledUp { _ = try store.rollUp(now: later) }
            let ends = try ["Old", "New", "None"].map { try store.newestSlotEnd(before: later, namespace: $0) }
            let step = isRolledUp ? 60 : 10
            #expect(ends[2] == nil)
            for (end, hours) in zip(ends, [0, 30]) {
                let end = try #require(end) - Self.start
                #expect(
                    (10_000...Int64(step) * 1000).contains(end - Int64(hours) * 3_600_000),
                    "\(isRolledUp) \(hours)"
                )
            }
        }
    }

    @Test("slots become coarser with age but keep their totals, and eventually all are removed")
    func ladder() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let ladder = try RetentionLadder(changing: .standard, [10: 2, 60: 4, 300: 6, 3600: 8])
        try store.setRetention(ladder)
        #expect(try store.retention().metrics == ladder)
        for hour in 0..<10 {
            let points = try (0..<360).map {
                try StoreTests.point("A", at: Self.start.seconds + Int64(hour * 3600 + $0 * 10))
            }
            try store.record(Flush(writer: "w", sequence: hour + 1, points: points))
        }
        let end = Self.start + 10 * 3600
        try store.rollUp(now: end + 900)
        func slots(_ hour: Int) throws -> Int {
            let from = Self.start + hour * 3600
            let reference = Self.reference("A")
            return try store.slots(of: [reference], from: from, to: from + 3600)[reference]?.slots.count ?? 0
        }
        // From the newest hour back: two at 10 s, two at a minute, two at five minutes, then totals. Totals are removed
        // a day at a time.
        #expect(try (0..<10).map(slots) == [1, 1, 1, 1, 12, 12, 60, 60, 360, 360])
        for (hour, count) in [(1, 360), (2, 360), (5, 360), (9, 360)] {
            let from = Self.start + hour * 3600
            #expect(try Self.total(store, "A", from: from, to: from + 3600).count == count)
            #expect(try Self.total(store, "A", from: from, to: from + 3600, period: 3600).count == count)
        }
        // Late samples are merged into what is left of their hour. Those of an hour that has left the ladder are
        // dropped.
        let late = try [1, 3, 5, 9].map { try StoreTests.point("A", at: Self.start.seconds + Int64($0 * 3600 + 130)) }
        try store.record(Flush(writer: "w", sequence: 11, points: late))
        try store.rollUp(now: end + 900)
        #expect(try (0..<10).map(slots) == [1, 1, 1, 1, 12, 12, 60, 60, 360, 360])
        let whole = try Self.total(store, "A", from: Self.start, to: end, period: 10 * 3600)
        #expect(whole.count == 10 * 360 + 3)
        #expect(try Self.total(store, "A", from: Self.start, to: end).count == 10 * 360 + 3)
        #expect(try store.health().faults == [])
        try store.record(
            Flush(writer: "w", sequence: 12, points: [try StoreTests.point("A", at: (end + 86_400).seconds)])
        )
        try store.rollUp(now: end + 87_400)
        #expect(try (0..<10).map(slots) == Array(repeating: 0, count: 10))
        #expect(try Self.total(store, "A", from: Self.start, to: end + 90_000).count == 1)
        #expect(try store.health().faults == [])
    }

    @Test("a clock that is far ahead removes nothing")
    func wrongClock() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let points = try (0..<360).map { try StoreTests.point("A", at: Self.start.seconds + Int64($0) * 10) }
        try store.record(Flush(writer: "w", sequence: 1, points: points))
        try store.rollUp(now: Self.start + 20 * 366 * 86_400)
        let reference = Self.reference("A")
        let slots = try store.slots(of: [reference], from: Self.start, to: Self.start + 3600)[reference]
        #expect(slots?.slots.count == 360)
    }

    @Test("a clock that jumps years ahead and stamps data removes no history, and later data is kept as usual")
    func jumpingClock() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for hour in 0..<30 {
            let points = try (0..<360).map {
                try StoreTests.point("A", at: Self.start.seconds + Int64(hour * 3600 + $0 * 10))
            }
            try store.record(Flush(writer: "w", sequence: hour + 1, points: points))
            try store.rollUp(now: Self.start + (hour + 1) * 3600 + 900)
        }
        let end = Self.start + 30 * 3600
        let wrong = end + 6 * 366 * 86_400
        try store.record(Flush(writer: "w", sequence: 31, points: [try StoreTests.point("A", at: wrong.seconds)]))
        try store.rollUp(now: wrong + 1000)
        #expect(try Self.total(store, "A", from: Self.start, to: end).count == 30 * 360)
        // The clock is right again.
        let points = try (0..<360).map { try StoreTests.point("A", at: end.seconds + 7200 + Int64($0) * 10) }
        try store.rollUp(now: end + 7200)
        try store.record(Flush(writer: "w", sequence: 32, points: points))
        try store.rollUp(now: end + 12_000)
        let reference = Self.reference("A")
        let slots = try store.slots(of: [reference], from: end + 7200, to: end + 10_800)[reference]?.slots
        #expect(slots?.count == 360)
        #expect(try Self.total(store, "A", from: Self.start, to: end + 10_800).count == 31 * 360)
        #expect(try Self.total(store, "A", from: Self.start, to: end + 10_800, period: 40 * 3600).count == 31 * 360)
        #expect(try store.health().faults == [])
    }

    @Test("a slot without samples, or from before 1970, is rejected, and nothing from its flush is stored")
    func unsoundSlots() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let sound = try StoreTests.point("A", at: 100)
        for slot in [
            Slot(start: Timestamp(seconds: 100), distribution: .empty),
            Slot(start: Timestamp(seconds: -10), distribution: sound.slot.distribution),
        ] {
            let flush = Flush(
                writer: "w",
                sequence: 1,
                points: [sound, .init(series: StoreTests.series("A"), slot: slot)]
            )
            #expect(throws: StoreError.self) { try store.record(flush) }
        }
        #expect(try store.series().isEmpty)
    }

    @Test("only one process rolls up at a time, and the others skip the roll-up")
    func lease() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.record(Flush(writer: "w", sequence: 1, points: [try StoreTests.point("A", at: Self.start.seconds)]))
        let other = try Store(path: store.path, .existing)
        let inside = try store.whileAlone(in: .rollUp) { try other.rollUp(now: Self.start + 7200) }
        #expect(inside == .some(nil))
        #expect(try other.rollUp(now: Self.start + 7200)?.slots == 1)
        #expect(try other.rollUp(now: Self.start + 7200) == RollUpResult())
    }

    @Test("an invalid ladder is rejected, and the message names the rung and what is allowed")
    func wrongLadder() throws {
        let error = try #require(throws: Diagnostics.self) {
            try RetentionLadder(changing: .standard, [60: 1, 7: 5, 3600: 1_000_000_000])
        }
        #expect(
            error.description == """
                retention: 7s: no slots of this length are kept; the lengths are 10s, 1m, 5m, 1h
                retention: 1m: 1 hours; must be at least 3, as for the finer slots, and at most 876000
                retention: 1h: 1000000000 hours; must be at least 10920, as for the finer slots, and at most 876000
                """
        )
    }

    @Test("pages freed by removed blocks are returned to the file system")
    func space() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var random = TestRandom(3)
        for hour in 0..<60 {
            var points: [Flush.Point] = []
            for step in 0..<360 {
                for name in 0..<8 {
                    let value = Double.random(in: 0...100, using: &random)
                    points.append(
                        try StoreTests.point(
                            "S\(name)",
                            at: Self.start.seconds + Int64(hour * 3600 + step * 10),
                            value: value
                        )
                    )
                }
            }
            try store.record(Flush(writer: "w", sequence: hour + 1, points: points))
        }
        try store.setRetention(try RetentionLadder(changing: .standard, [10: 60, 60: 60, 300: 60]))
        try store.rollUp(now: Self.start + 61 * 3600)
        try store.checkpoint()
        let full = try store.health()
        #expect(full.blocks == 480)
        try store.setRetention(try RetentionLadder(changing: .standard, [10: 1, 60: 1, 300: 1]))
        // A run advances by at most a day.
        for _ in 0..<4 { try store.rollUp(now: Self.start + 61 * 3600) }
        try store.checkpoint()
        let rest = try store.health()
        #expect(rest.fileBytes * 3 < full.fileBytes, "\(full.fileBytes) -> \(rest.fileBytes)")
        #expect(rest.freeBytes < 2 << 20)
        #expect(rest.faults == [])
    }
}
