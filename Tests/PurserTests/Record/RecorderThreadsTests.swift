import CoreMetrics
import Foundation
import PurserCore
import TestSupport
import Testing

@testable import Purser

/// Threads record while drains run: every sample must be in exactly one drain.
@Suite struct RecorderThreadsTests {
    /// The samples of all drains.
    private struct Drained {
        var calls = 0
        var latencies = Distribution.empty
        var sizes = Distribution.empty
        var drains = 0

        mutating func drain(_ recorder: Purser.Recorder) {
            let flush = recorder.collect(at: RecorderTests.start + drains)
            drains += 1
            calls += RecorderTests.distribution(flush, "Calls")?.count ?? 0
            latencies.merge(RecorderTests.distribution(flush, "Latency") ?? .empty)
            sizes.merge(RecorderTests.distribution(flush, "Size") ?? .empty)
        }
    }

    private static let samplesOfThread = 5000

    /// Returns the nanoseconds that a thread records. They span seven octaves and differ between threads.
    private static func nanoseconds(thread: Int, sample: Int) -> Int64 {
        Int64(1 + (sample &* 7919 &+ thread) % 5_000_000_000)
    }

    /// Runs a body on many threads concurrently, draining all the while and once more after all have ended.
    private func drained(
        _ recorder: Purser.Recorder,
        threads: Int,
        _ body: @escaping @Sendable (Int) -> Void
    ) -> Drained {
        let running = DispatchGroup()
        for thread in 0..<threads {
            running.enter()
            Thread.detachNewThread {
                body(thread)
                running.leave()
            }
        }
        var drained = Drained()
        while running.wait(timeout: .now() + .microseconds(100)) == .timedOut {
            drained.drain(recorder)
        }
        drained.drain(recorder)
        return drained
    }

    // There are fewer than forty lanes, so the last threads use what threads without a lane share.
    @Test("threads that share handles lose no sample while drains run", arguments: [1, 8, 40])
    func sharedHandles(threads: Int) throws {
        let folder = try TemporaryFolder()
        let recorder = RecorderTests.recorder(try folder.store())
        let factory = recorder.factory(namespace: "Test")
        let counter = Counter(label: "Calls", dimensions: [], factory: factory)
        let timer = CoreMetrics.Timer(label: "Latency", dimensions: [], factory: factory)
        let size = CoreMetrics.Recorder(label: "Size", dimensions: [], aggregate: true, factory: factory)
        let result = drained(recorder, threads: threads) { thread in
            for sample in 0..<Self.samplesOfThread {
                counter.increment(by: 1 + sample & 1)
                timer.recordNanoseconds(Self.nanoseconds(thread: thread, sample: sample))
                size.record(Double(sample & 1023) - 512)
            }
        }
        var latencies = DistributionAccumulator()
        var sizes = DistributionAccumulator()
        for thread in 0..<threads {
            let durations = (0..<Self.samplesOfThread).map {
                UInt64(bitPattern: Self.nanoseconds(thread: thread, sample: $0))
            }
            latencies.add(nanosecondBits: durations.span)
            let values = (0..<Self.samplesOfThread).map { (Double($0 & 1023) - 512).bitPattern }
            _ = sizes.add(valueBits: values.span)
        }
        #expect(result.calls == threads * Self.samplesOfThread * 3 / 2)
        #expect(result.sizes == sizes.distribution)
        #expect(result.latencies == latencies.distribution)
    }

    @Test("handles created, used and destroyed by eight threads lose no sample while drains remove instruments")
    func handlesOfTheMoment() throws {
        let folder = try TemporaryFolder()
        let recorder = RecorderTests.recorder(try folder.store())
        let factory = recorder.factory(namespace: "Test")
        let result = drained(recorder, threads: 8) { thread in
            for sample in 0..<2000 {
                let counter = Counter(label: "Calls", dimensions: [], factory: factory)
                counter.increment()
                counter.destroy()
                let timer = CoreMetrics.Timer(label: "Latency", dimensions: [], factory: factory)
                timer.recordNanoseconds(Self.nanoseconds(thread: thread, sample: sample))
                timer.destroy()
            }
        }
        #expect(result.calls == 8 * 2000)
        #expect(result.latencies.count == 8 * 2000)
    }

    @Test("threads that start and end share lanes and lose no sample")
    func generations() throws {
        let folder = try TemporaryFolder()
        let recorder = RecorderTests.recorder(try folder.store())
        let factory = recorder.factory(namespace: "Test")
        let counter = Counter(label: "Calls", dimensions: [], factory: factory)
        let timer = CoreMetrics.Timer(label: "Latency", dimensions: [], factory: factory)
        var calls = 0
        var latencies = 0
        for _ in 0..<50 {
            let result = drained(recorder, threads: 4) { thread in
                for sample in 0..<100 {
                    counter.increment()
                    timer.recordNanoseconds(Self.nanoseconds(thread: thread, sample: sample))
                }
            }
            calls += result.calls
            latencies += result.latencies.count
        }
        #expect(calls == 50 * 4 * 100)
        #expect(latencies == 50 * 4 * 100)
    }
}
