import PurserCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Collects samples between two drains, from any thread, in a few nanoseconds each.
///
/// `@unchecked Sendable`: everything behind `state` is read and written only between `lock()` and `unlock()`, whose
/// acquiring exchange and releasing store order the accesses of all threads. The section under the lock is a few
/// instructions long; who finds it taken spins a little and then yields, so that a holder that lost its processor gets
/// it back. `Mutex` costs a second atomic exchange, which is most of the time of a sample.
final class SampleBuffer: @unchecked Sendable {
    private struct State {
        var count = 0
        var sumNanos: Int128 = 0
        /// Extremes in the unit of the calls: seconds times the divisor.
        var minimum = Double.infinity
        var maximum = -Double.infinity
        /// The counts of `window.count` keys from `firstKey` on.
        var firstKey: Int32 = 0
        var window = UnsafeMutableBufferPointer<UInt32>(start: nil, count: 0)
        /// Samples that the window cannot count.
        var outside = DistributionAccumulator()
        var hasOutside = false
    }

    private let isLocked = Atomic<Bool>(false)
    private let state: UnsafeMutablePointer<State>
    /// What an extreme is divided by when it is drained, because a division for every sample would cost a third of it.
    private let divisor: Double

    /// The most keys the window spans: 32 octaves, from a microsecond to more than an hour.
    private static let longestWindow = 2048

    /// A buffer of plain values, or, with a billion for `divisor`, of durations in nanoseconds that become seconds.
    init(divisor: Double = 1) {
        self.divisor = divisor
        state = .allocate(capacity: 1)
        state.initialize(to: State())
    }

    deinit {
        state.pointee.window.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Adds a sample; false where the value is not finite or larger than a distribution may hold.
    @inline(__always)
    func record(_ value: Double) -> Bool {
        guard value.magnitude <= Distribution.largestMagnitude, let key = BucketScale.key(of: value) else {
            return false
        }
        add(value, key: key, nanos: Distribution.nanos(value))
        return true
    }

    /// Adds a duration; its sum is exact.
    @inline(__always)
    func record(nanoseconds: Int64) {
        let value = Double(nanoseconds)
        // The product may be an ulp off the quotient, which an edge of a bucket may be too.
        guard let key = BucketScale.key(of: value * 1e-9) else { return }
        add(value, key: key, nanos: Int128(nanoseconds))
    }

    @inline(__always)
    private func add(_ value: Double, key: Int32, nanos: Int128) {
        lock()
        let position = Int(key &- state.pointee.firstKey)
        let window = state.pointee.window
        if position >= 0, position < window.count, window[position] < .max {
            window[position] &+= 1
            state.pointee.count &+= 1
            state.pointee.sumNanos &+= nanos
            if value < state.pointee.minimum { state.pointee.minimum = value }
            if value > state.pointee.maximum { state.pointee.maximum = value }
        } else {
            addOutside(value, key: key, nanos: nanos)
        }
        unlock()
    }

    @inline(never)
    private func addOutside(_ value: Double, key: Int32, nanos: Int128) {
        if widen(toHold: key) {
            state.pointee.window[Int(key - state.pointee.firstKey)] += 1
            state.pointee.count += 1
            state.pointee.sumNanos += nanos
            state.pointee.minimum = min(state.pointee.minimum, value)
            state.pointee.maximum = max(state.pointee.maximum, value)
        } else {
            let bucket = Distribution.Bucket(key: key, count: 1)
            let extreme = value / divisor
            state.pointee.outside.add(
                Distribution(count: 1, sumNanos: nanos, minimum: extreme, maximum: extreme, buckets: [bucket])
            )
            state.pointee.hasOutside = true
        }
    }

    /// Makes room for a key; false where the window would become too long or its counter is full.
    private func widen(toHold key: Int32) -> Bool {
        let old = state.pointee.window
        // A key inside has a counter that is full.
        if old.indices.contains(Int(key - state.pointee.firstKey)) { return false }
        let first = old.isEmpty ? key - 32 : min(state.pointee.firstKey, key - 32)
        let end = old.isEmpty ? key + 32 : max(state.pointee.firstKey + Int32(old.count), key + 32)
        guard Int(end - first) <= Self.longestWindow, Int(end - first) > old.count else { return false }
        let new = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: Int(end - first))
        new.initialize(repeating: 0)
        for (position, count) in old.enumerated() {
            new[position + Int(state.pointee.firstKey - first)] = count
        }
        old.deallocate()
        state.pointee.window = new
        state.pointee.firstKey = first
        return true
    }

    /// Takes out what was collected and starts anew; nil where there is nothing.
    func drain() -> Distribution? {
        lock()
        defer { unlock() }
        guard state.pointee.count > 0 || state.pointee.hasOutside else { return nil }
        var buckets: [Distribution.Bucket] = []
        let window = state.pointee.window
        for position in window.indices where window[position] > 0 {
            buckets.append(.init(key: state.pointee.firstKey + Int32(position), count: Int(window[position])))
            window[position] = 0
        }
        var result = Distribution(
            count: state.pointee.count,
            sumNanos: state.pointee.sumNanos,
            minimum: state.pointee.minimum / divisor,
            maximum: state.pointee.maximum / divisor,
            buckets: buckets
        )
        if state.pointee.hasOutside {
            result.merge(state.pointee.outside.distribution)
            state.pointee.outside.removeAll()
            state.pointee.hasOutside = false
        }
        state.pointee.count = 0
        state.pointee.sumNanos = 0
        state.pointee.minimum = .infinity
        state.pointee.maximum = -.infinity
        return result
    }

    @inline(__always)
    private func lock() {
        if isLocked.exchange(true, ordering: .acquiring) { waitForLock() }
    }

    @inline(never)
    private func waitForLock() {
        var spins = 0
        repeat {
            while isLocked.load(ordering: .relaxed) {
                spins += 1
                if spins > 64 { sched_yield() }
            }
        } while isLocked.exchange(true, ordering: .acquiring)
    }

    @inline(__always)
    private func unlock() {
        isLocked.store(false, ordering: .releasing)
    }
}
