import CoreMetrics
import PurserCore
import Synchronization

/// An instrument that collects samples of one series between two drains.
protocol Instrument: AnyObject, Sendable {
    var handles: HandleCount { get }

    /// Takes the samples collected since the last drain; returns nil if there are none.
    func drain() -> Distribution?
}

/// How many handles of an instrument are in use; an instrument without handles is removed after its next drain.
final class HandleCount: Sendable {
    private let count = Atomic<Int>(0)

    func add() {
        count.wrappingAdd(1, ordering: .relaxed)
    }

    func release() {
        // Releasing, paired with the acquiring load below: a thread that sees no handle left also sees the samples of
        // all of them.
        count.wrappingSubtract(1, ordering: .releasing)
    }

    var areGone: Bool {
        count.load(ordering: .acquiring) <= 0
    }
}

/// The state that the instruments of one recorder share.
struct SharedByInstruments: Sendable {
    let rejected = RejectedSamples()
    let threads = ThreadLanes()
}

/// Counts events: every increment by n is n samples of the value 1, so that Sum and SampleCount both count them.
final class CounterInstrument: Instrument, CounterHandler {
    let handles = HandleCount()
    /// The count of one thread, in its own cache line.
    private struct Lane: ~Copyable {
        let total = Atomic<Int64>(0)
        private let padding = InlineArray<7, Int64>(repeating: 0)
    }

    private let lanes = InlineArray<16, Lane> { _ in Lane() }
    /// The count of the threads without a lane.
    private let others = Atomic<Int64>(0)
    /// How much of the total has been drained; written only by drains, one at a time.
    private let drained = Atomic<Int64>(0)
    private let threads: ThreadLanes
    private let rejected: RejectedSamples

    init(_ shared: SharedByInstruments) {
        threads = shared.threads
        rejected = shared.rejected
    }

    func increment(by amount: Int64) {
        // The limit keeps the sum of millions of increments between two drains from overflowing.
        guard amount >= 0, amount <= 1 << 40 else { return rejected.count(1) }
        if let lane = threads.own {
            let total = lanes[lane].total.load(ordering: .relaxed)
            lanes[lane].total.store(total &+ amount, ordering: .relaxed)
        } else {
            others.wrappingAdd(amount, ordering: .relaxed)
        }
    }

    /// Does nothing: counted events stay counted, so a counter that is drained has nothing to reset.
    func reset() {}

    func drain() -> Distribution? {
        var total = others.load(ordering: .relaxed)
        for lane in 0..<ThreadLanes.count { total &+= lanes[lane].total.load(ordering: .relaxed) }
        let count = Int(total &- drained.exchange(total, ordering: .relaxed))
        let distribution = Distribution(value: 1, count: count)
        if distribution == nil, count != 0 { rejected.count(1) }
        return distribution
    }
}

/// Collects the distribution of values or of fractional increments.
final class SampleInstrument: Instrument, RecorderHandler, FloatingPointCounterHandler {
    let handles = HandleCount()
    private let samples: SampleBuffer

    init(_ shared: SharedByInstruments) {
        samples = SampleBuffer(.values, shared)
    }

    func record(_ value: Int64) {
        samples.record(Double(value))
    }

    func record(_ value: Double) {
        samples.record(value)
    }

    func increment(by amount: Double) {
        samples.record(amount)
    }

    /// Does nothing: recorded samples stay recorded.
    func reset() {}

    func drain() -> Distribution? {
        samples.drain()
    }
}

/// Collects the distribution of durations, in seconds.
final class TimerInstrument: Instrument, TimerHandler {
    let handles = HandleCount()
    private let samples: SampleBuffer

    init(_ shared: SharedByInstruments) {
        samples = SampleBuffer(.nanoseconds, shared)
    }

    func recordNanoseconds(_ duration: Int64) {
        samples.record(nanoseconds: duration)
    }

    func drain() -> Distribution? {
        samples.drain()
    }
}

/// Keeps the last value that was set; every drain takes it as one sample, whether it changed or not.
final class GaugeInstrument: Instrument, RecorderHandler, MeterHandler {
    let handles = HandleCount()
    private let value = Mutex<Double?>(nil)
    private let rejected: RejectedSamples

    init(_ shared: SharedByInstruments) {
        rejected = shared.rejected
    }

    func record(_ value: Int64) {
        set(Double(value))
    }

    func record(_ value: Double) {
        set(value)
    }

    func set(_ value: Int64) {
        set(Double(value))
    }

    func set(_ value: Double) {
        change { _ in value }
    }

    func increment(by amount: Double) {
        change { $0 + amount }
    }

    func decrement(by amount: Double) {
        change { $0 - amount }
    }

    private func change(_ body: (Double) -> Double) {
        value.withLock { value in
            let new = body(value ?? 0)
            if Distribution(value: new) == nil { rejected.count(1) } else { value = new }
        }
    }

    func drain() -> Distribution? {
        value.withLock { $0 }.flatMap { Distribution(value: $0) }
    }
}

/// Counts the samples that no distribution can hold: NaN, the infinities, negative increments.
final class RejectedSamples: Sendable {
    private let total = Atomic<Int>(0)

    func count(_ samples: Int) {
        if samples > 0 { total.wrappingAdd(samples, ordering: .relaxed) }
    }

    func drain() -> Int {
        total.exchange(0, ordering: .relaxed)
    }
}
