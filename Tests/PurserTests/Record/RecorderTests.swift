import CoreMetrics
import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct RecorderTests {
    static let start = Timestamp(year: 2026, month: 11, day: 16, hour: 18)

    static func recorder(_ store: Store, limits: Purser.Recorder.Limits = .init()) -> Purser.Recorder {
        Purser.Recorder(store: store, writer: "test", startingAt: start, limits: limits)
    }

    static func distribution(_ flush: Flush, _ name: String, _ dimensions: [PurserCore.Dimension] = []) -> Distribution?
    {
        flush.points.first { $0.series.metric.name == name && $0.series.metric.dimensions == dimensions.sorted() }?
            .slot.distribution
    }

    @Test("a recorder for a path creates its store, and two recorders of one store never count as the same writer")
    func path() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("new/purser.db")
        for label in ["First", "Second"] {
            let recorder = try Purser.Recorder(path: path)
            Counter(label: label, dimensions: [], factory: recorder.factory(namespace: "Test")).increment()
            recorder.drain(at: .now)
        }
        let stored = try Store(path: path, .existing).series(namespace: "Test", name: nil)
        #expect(stored.map(\.metric.name).sorted() == ["First", "Second"])
        #expect(throws: StoreError.self) { try Purser.Recorder(path: path + "/no-folder/purser.db") }
    }

    @Test("a recorder whose task is cancelled before or during its wait stores what it has, and ends")
    func cancelled() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let recorder = Self.recorder(store)
        Counter(label: "Calls", dimensions: [], factory: recorder.factory(namespace: "Test")).increment()
        let run = Task { await recorder.run() }
        run.cancel()
        await run.value
        #expect(try store.series(namespace: "Test", name: "Calls").count == 1)
    }

    @Test("a recorder writes a heartbeat a minute, whether it has samples or not, and whatever its clock does")
    func heartbeat() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let recorder = Self.recorder(store)
        _ = recorder.factory(namespace: "Test")
        for (second, last) in [(0, 0), (10, 0), (50, 0), (60, 60), (110, 60), (120, 120), (30, 30)] {
            recorder.beat(at: Self.start + second)
            let spans = try store.heartbeatSpans(namespace: "Test")
            #expect(spans.map(\.upperBound) == [Self.start + last], "+\(second)")
        }
        #expect(try store.heartbeatSpans(namespace: "Other").isEmpty)
    }

    @Test("every kind of instrument is stored with its unit and its samples")
    func kinds() throws {
        let folder = try TemporaryFolder()
        let recorder = Self.recorder(try folder.store())
        let factory = recorder.factory(namespace: "Test", units: ["Size": .bytes])
        let counter = Counter(label: "Calls", dimensions: [], factory: factory)
        counter.increment()
        counter.increment(by: 4)
        let fraction = FloatingPointCounter(label: "Dollars", dimensions: [], factory: factory)
        fraction.increment(by: 0.25)
        let timer = CoreMetrics.Timer(label: "Latency", dimensions: [], factory: factory)
        timer.recordNanoseconds(1_500_000_000)
        timer.recordNanoseconds(1)
        let size = CoreMetrics.Recorder(label: "Size", dimensions: [], aggregate: true, factory: factory)
        size.record(100)
        size.record(300.5)
        let gauge = CoreMetrics.Recorder(label: "Open", dimensions: [], aggregate: false, factory: factory)
        gauge.record(3)
        gauge.record(7)
        let meter = Meter(label: "Level", dimensions: [], factory: factory)
        meter.set(10)
        meter.decrement(by: 2.5)

        let flush = recorder.collect(at: Self.start + 10)
        #expect(flush.points.allSatisfy { $0.slot.start == Self.start })
        let units = Dictionary(uniqueKeysWithValues: flush.points.map { ($0.series.metric.name, $0.series.unit) })
        #expect(
            units
                == [
                    "Calls": .count, "Dollars": .none, "Latency": .seconds, "Size": .bytes, "Open": .none,
                    "Level": .none,
                ]
        )
        #expect(Self.distribution(flush, "Calls")?.sum == 5 && Self.distribution(flush, "Calls")?.count == 5)
        #expect(Self.distribution(flush, "Dollars")?.sum == 0.25)
        #expect(Self.distribution(flush, "Latency")?.sumNanos == 1_500_000_001)
        #expect(Self.distribution(flush, "Latency")?.minimum == 1e-9)
        #expect(Self.distribution(flush, "Size")?.average == 200.25)
        #expect(Self.distribution(flush, "Open")?.maximum == 7 && Self.distribution(flush, "Open")?.count == 1)
        #expect(Self.distribution(flush, "Level")?.sum == 7.5)

        // A gauge keeps its value; everything else starts from zero.
        let next = recorder.collect(at: Self.start + 20)
        #expect(next.points.map(\.series.metric.name) == ["Level", "Open"])
        #expect(next.sequence == flush.sequence + 1)
    }

    @Test("samples that a distribution cannot hold are counted, and do not affect the others")
    func rejected() throws {
        let folder = try TemporaryFolder()
        let recorder = Self.recorder(try folder.store())
        let factory = recorder.factory(namespace: "Test")
        let size = CoreMetrics.Recorder(label: "Size", dimensions: [], aggregate: true, factory: factory)
        [1, Double.nan, .infinity, 1e30].forEach { size.record($0) }
        Counter(label: "Calls", dimensions: [], factory: factory).increment(by: -1)
        let flush = recorder.collect(at: Self.start + 10)
        #expect(Self.distribution(flush, "Size")?.count == 1)
        #expect(Self.distribution(flush, "SamplesRejected")?.sum == 4)
        #expect(Self.distribution(flush, "Calls") == nil)
    }

    @Test("dimension sets store one sample under each of their subsets")
    func dimensionSets() throws {
        let folder = try TemporaryFolder()
        let recorder = Self.recorder(try folder.store())
        let factory = recorder.factory(namespace: "Test", dimensionSets: [[], ["Model"], ["Model", "Team"]])
        for (model, team) in [("a", "x"), ("a", "y"), ("b", "x")] {
            Counter(label: "Calls", dimensions: [("Team", team), ("Model", model)], factory: factory).increment()
        }
        Counter(label: "Calls", dimensions: [("Model", "b")], factory: factory).increment()
        let flush = recorder.collect(at: Self.start + 10)
        #expect(Self.distribution(flush, "Calls")?.sum == 4)
        #expect(Self.distribution(flush, "Calls", [.init("Model", "a")])?.sum == 2)
        #expect(Self.distribution(flush, "Calls", [.init("Model", "b")])?.sum == 2)
        #expect(Self.distribution(flush, "Calls", [.init("Model", "b"), .init("Team", "x")])?.sum == 1)
        #expect(flush.points.count == 6)
    }

    @Test("past the series limit, samples go to one overflow series per metric, and none are lost")
    func overflow() throws {
        let folder = try TemporaryFolder()
        var limits = Purser.Recorder.Limits()
        limits.series = 10
        let recorder = Self.recorder(try folder.store(), limits: limits)
        let factory = recorder.factory(namespace: "Test")
        for user in 0..<100 {
            Counter(label: "Calls", dimensions: [("User", "\(user)")], factory: factory).increment()
        }
        let flush = recorder.collect(at: Self.start + 10)
        #expect(flush.points.count == 11)
        #expect(flush.points.reduce(0) { $0 + $1.slot.distribution.sum } == 100)
        #expect(Self.distribution(flush, "Calls", [Purser.Recorder.overflowDimension])?.sum == 90)
    }

    @Test("a destroyed handle's samples still arrive, and its place becomes free again")
    func destroyed() throws {
        let folder = try TemporaryFolder()
        var limits = Purser.Recorder.Limits()
        limits.series = 1
        let recorder = Self.recorder(try folder.store(), limits: limits)
        let factory = recorder.factory(namespace: "Test")
        let first = factory.makeCounter(label: "A", dimensions: [])
        let second = factory.makeCounter(label: "A", dimensions: [])
        first.increment(by: 1)
        factory.destroyCounter(first)
        _ = recorder.collect(at: Self.start + 10)
        second.increment(by: 1)
        factory.destroyCounter(second)
        #expect(Self.distribution(recorder.collect(at: Self.start + 20), "A")?.sum == 1)
        factory.makeCounter(label: "B", dimensions: []).increment(by: 1)
        #expect(Self.distribution(recorder.collect(at: Self.start + 30), "B")?.sum == 1)
        // B holds the only place: A overflows, and does not get the handle that was remembered for it.
        factory.makeCounter(label: "A", dimensions: []).increment(by: 1)
        let flush = recorder.collect(at: Self.start + 40)
        #expect(Self.distribution(flush, "A") == nil)
        #expect(Self.distribution(flush, "A", [Purser.Recorder.overflowDimension])?.sum == 1)
    }

    @Test("flushes wait while the store cannot be written, and are stored once")
    func waitingFlushes() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var limits = Purser.Recorder.Limits()
        limits.waitingFlushes = 3
        let recorder = Self.recorder(store, limits: limits)
        let counter = Counter(label: "Calls", dimensions: [], factory: recorder.factory(namespace: "Test"))
        // Without its table, a flush fails as it would on a broken disk.
        try store.breakForTest("ALTER TABLE point RENAME TO hidden")
        for second in 1...5 {
            counter.increment()
            recorder.drain(at: Self.start + second * 10)
        }
        try store.breakForTest("ALTER TABLE hidden RENAME TO point")
        recorder.drain(at: Self.start + 60)
        recorder.drain(at: Self.start + 70)
        // The flush that reports the two dropped ones took the place of a third.
        let calls = MetricReference(Metric(namespace: "Test", name: "Calls"))
        let dropped = MetricReference(Metric(namespace: "Purser", name: "FlushesDropped"))
        let found = try store.slots(of: [calls, dropped], from: Self.start, to: Self.start + 1000)
        #expect(found[calls]?.slots.map(\.start) == [30, 40].map { Self.start + $0 })
        #expect(found[dropped]?.total(from: Self.start, to: Self.start + 1000).sum == 3)
    }
}
