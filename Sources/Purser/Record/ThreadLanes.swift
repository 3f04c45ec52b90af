import CThread
import Synchronization

/// Gives each of the first threads that record a lane that no other thread writes to.
///
/// Where only one thread writes, a load and a store are enough: an atomic addition or a lock costs five nanoseconds and
/// more, which is most of the time of a sample, and many times that where threads meet. A thread that comes when all
/// lanes are taken gets none and uses what the threads share: slower, and just as exact.
///
/// A lane stays with the thread's identity. The system gives an identity anew only after the thread that had it has
/// ended, so that two threads never write to one lane at once, and the later one sees all that the earlier one wrote.
final class ThreadLanes: Sendable {
    static let count = 16

    /// The identities of the threads; 0 is a free lane.
    private let owners = InlineArray<16, Atomic<UInt>> { _ in Atomic(0) }

    /// The calling thread's lane; nil where all are taken by others.
    @inline(__always)
    var own: Int? {
        let thread = purser_thread_identity()
        // Identities are addresses whose low bits agree; the upper four bits of the product differ well.
        let home = Int(truncatingIfNeeded: (UInt64(thread) &* 0x9e37_79b9_7f4a_7c15) >> 60)
        return owners[home].load(ordering: .relaxed) == thread ? home : find(thread, from: home)
    }

    func isTaken(_ lane: Int) -> Bool {
        owners[lane].load(ordering: .relaxed) != 0
    }

    /// No lane becomes free again, so that a thread meets its own lane before a free one.
    @inline(never)
    private func find(_ thread: UInt, from home: Int) -> Int? {
        for step in 0..<Self.count {
            let lane = (home + step) % Self.count
            let owner = owners[lane].load(ordering: .relaxed)
            if owner == thread { return lane }
            if owner == 0,
                owners[lane].compareExchange(expected: 0, desired: thread, ordering: .relaxed).exchanged
            {
                return lane
            }
        }
        return nil
    }
}
