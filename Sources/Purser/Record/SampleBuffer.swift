import PurserCore
import Synchronization

/// Collects samples between two drains, from any thread, in a few nanoseconds each.
///
/// A thread with a lane writes its samples there one after another, and folds them into the lane's histogram when the
/// lane is full. A drain also takes the samples that are not folded yet: the lane's count shows how many are written.
final class SampleBuffer: Sendable {
    /// The kind of samples that are recorded.
    enum Samples {
        case values
        /// Durations in whole nanoseconds, which become seconds; their sum is exact.
        case nanoseconds
    }

    private static let laneLength = 31

    private struct Lane: ~Copyable {
        /// How many samples are written; set only by the lane's thread, and reset to 0 only under the lock.
        let count = Atomic<Int>(0)
        /// The samples' bits.
        let samples = InlineArray<31, Atomic<UInt64>> { _ in Atomic(0) }
        /// One lock per lane: threads that share one would wait for each other most of the time.
        let folded = Mutex(Folded())
    }

    private struct Folded {
        /// How many of the lane's samples are in the histogram.
        var count = 0
        var histogram = DistributionAccumulator()
    }

    private let kind: Samples
    private let threads: ThreadLanes
    private let rejected: RejectedSamples
    private let lanes = InlineArray<16, Lane> { _ in Lane() }
    /// The samples of threads without a lane.
    private let others = Mutex(DistributionAccumulator())

    init(_ kind: Samples, _ shared: SharedByInstruments) {
        self.kind = kind
        threads = shared.threads
        rejected = shared.rejected
    }

    /// Adds a value; one that is not finite, or is larger than a distribution can hold, is counted as rejected.
    @inline(__always)
    func record(_ value: Double) {
        add(value.bitPattern)
    }

    /// Adds a duration.
    @inline(__always)
    func record(nanoseconds: Int64) {
        add(UInt64(bitPattern: nanoseconds))
    }

    @inline(__always)
    private func add(_ sample: UInt64) {
        guard let lane = threads.own else { return addShared(sample) }
        let count = lanes[lane].count.load(ordering: .relaxed)
        lanes[lane].samples[count].store(sample, ordering: .relaxed)
        // Releasing: a thread that reads the count also sees the samples.
        lanes[lane].count.store(count &+ 1, ordering: .releasing)
        if count &+ 1 == Self.laneLength { empty(lane) }
    }

    @inline(never)
    private func addShared(_ sample: UInt64) {
        let batch = InlineArray<1, UInt64>(repeating: sample)
        others.withLock { add(batch.span, to: &$0) }
    }

    @inline(never)
    private func empty(_ lane: Int) {
        lanes[lane].folded.withLock { folded in
            fold(lane, &folded)
            folded.count = 0
            lanes[lane].count.store(0, ordering: .relaxed)
        }
    }

    private func fold(_ lane: Int, _ folded: inout Folded) {
        let end = lanes[lane].count.load(ordering: .acquiring)
        guard folded.count < end else { return }
        var batch = InlineArray<31, UInt64>(repeating: 0)
        for position in folded.count..<end {
            batch[position] = lanes[lane].samples[position].load(ordering: .relaxed)
        }
        add(batch.span.extracting(folded.count..<end), to: &folded.histogram)
        folded.count = end
    }

    private func add(_ batch: Span<UInt64>, to histogram: inout DistributionAccumulator) {
        switch kind {
        case .values: rejected.count(histogram.add(valueBits: batch))
        case .nanoseconds: histogram.add(nanosecondBits: batch)
        }
    }

    /// Takes the collected samples and starts again; returns nil if there are none.
    func drain() -> Distribution? {
        var all = others.withLock { $0.takeAll() } ?? .empty
        for lane in 0..<ThreadLanes.count where threads.isTaken(lane) {
            let some = lanes[lane].folded.withLock { folded in
                fold(lane, &folded)
                return folded.histogram.takeAll()
            }
            if let some { all.merge(some) }
        }
        return all.isEmpty ? nil : all
    }
}
