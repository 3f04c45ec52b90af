import CoreMetrics
import PurserCore
import Synchronization

/// Something that collects samples of one series between two drains.
protocol Instrument: AnyObject, Sendable {
    /// Takes out what was collected since the last drain; nil where there is nothing.
    func drain() -> Distribution?
}

/// Counts events: every increment by n is n samples of the value 1, so that Sum and SampleCount both count them.
final class CounterInstrument: Instrument, CounterHandler {
    private let total = Atomic<Int64>(0)
    private let rejected: RejectedSamples

    init(_ rejected: RejectedSamples) {
        self.rejected = rejected
    }

    func increment(by amount: Int64) {
        // The limit keeps millions of increments between two drains from running over.
        if amount < 0 || amount > 1 << 40 {
            rejected.count()
        } else {
            total.wrappingAdd(amount, ordering: .relaxed)
        }
    }

    /// What was counted was counted: a drained counter has nothing to reset.
    func reset() {}

    func drain() -> Distribution? {
        let count = Int(total.exchange(0, ordering: .relaxed))
        let distribution = Distribution(value: 1, count: count)
        if distribution == nil, count != 0 { rejected.count() }
        return distribution
    }
}

/// Collects the distribution of values or of fractional increments.
final class SampleInstrument: Instrument, RecorderHandler, FloatingPointCounterHandler {
    private let samples = SampleBuffer()
    private let rejected: RejectedSamples

    init(_ rejected: RejectedSamples) {
        self.rejected = rejected
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        if !samples.record(value) { rejected.count() }
    }

    func increment(by amount: Double) {
        record(amount)
    }

    /// What was recorded was recorded.
    func reset() {}

    func drain() -> Distribution? {
        samples.drain()
    }
}

/// Collects the distribution of durations, in seconds.
final class TimerInstrument: Instrument, TimerHandler {
    private let samples = SampleBuffer(divisor: 1e9)

    init(_ rejected: RejectedSamples) {}

    func recordNanoseconds(_ duration: Int64) {
        samples.record(nanoseconds: duration)
    }

    func drain() -> Distribution? {
        samples.drain()
    }
}

/// Keeps the last value that was set; every drain takes it as one sample, whether it changed or not.
final class GaugeInstrument: Instrument, RecorderHandler, MeterHandler {
    private let value = Mutex<Double?>(nil)
    private let rejected: RejectedSamples

    init(_ rejected: RejectedSamples) {
        self.rejected = rejected
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
            if Distribution(value: new) == nil { rejected.count() } else { value = new }
        }
    }

    func drain() -> Distribution? {
        value.withLock { $0 }.flatMap { Distribution(value: $0) }
    }
}

/// Counts the samples that no distribution can hold: NaN, the infinities, negative increments.
final class RejectedSamples: Sendable {
    private let total = Atomic<Int>(0)

    func count() {
        total.wrappingAdd(1, ordering: .relaxed)
    }

    func drain() -> Int {
        total.exchange(0, ordering: .relaxed)
    }
}
