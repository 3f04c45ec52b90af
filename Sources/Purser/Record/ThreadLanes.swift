import CThread
import Synchronization

/// Gives each of the first threads that record samples a lane that no other thread writes to.
///
/// If only one thread writes, a load and a store are enough: an atomic addition or a lock costs five nanoseconds or
/// more, which is most of a sample's cost, and many times that if threads contend. A thread that first records when all
/// lanes are taken uses the shared storage instead, which is slower and just as exact.
///
/// A lane belongs to the thread's identity. The system reuses an identity only after its thread has ended, so two
/// threads never write to one lane at the same time, and the later one sees everything that the earlier one wrote.
final class ThreadLanes: Sendable {
    static let count = 16

    /// The identities of the threads; 0 is a free lane.
    private let owners = InlineArray<16, Atomic<UInt>> { _ in Atomic(0) }

    /// The calling thread's lane; nil if all are taken by other threads.
    @inline(__always)
    var own: Int? {
        let thread = purser_thread_identity()
        // Identities are addresses with the same low bits; the upper four bits of the product are well distributed.
        let home = Int(truncatingIfNeeded: (UInt64(thread) &* 0x9e37_79b9_7f4a_7c15) >> 60)
        return owners[home].load(ordering: .relaxed) == thread ? home : find(thread, from: home)
    }

    func isTaken(_ lane: Int) -> Bool {
        owners[lane].load(ordering: .relaxed) != 0
    }

    /// Finds the thread's lane, or takes a free one. Lanes never become free again, so a thread finds its own lane
    /// before a free one.
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
