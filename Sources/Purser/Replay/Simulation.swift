import ChatService
import PurserCore
import Synchronization

/// Runs asynchronous code on a virtual clock, on the thread that calls ``run(before:)`` and in the same order every time.
///
/// Jobs run one after the other; when none is left, time jumps to the next wake-up. This way, an hour of traffic passes
/// in a second, and everything that runs inside one call of ``run(before:)`` can be one store transaction.
final class Simulation: Sendable {
    fileprivate struct Sleeper {
        var wake: Int64
        /// Sleepers with the same wake-up time wake in the order in which they went to sleep.
        var order: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    fileprivate struct State {
        var now: Int64
        var jobs: [UnownedJob] = []
        /// A binary heap, the next wake-up first.
        var sleepers: [Sleeper] = []
        var order = 0
        var running = 0
    }

    private let start: Timestamp
    /// Times in it are nanoseconds after the start.
    private let state: Mutex<State>

    init(startingAt start: Timestamp) {
        self.start = start
        state = Mutex(State(now: 0))
    }

    var now: Timestamp {
        Timestamp(milliseconds: start.milliseconds + state.withLock { $0.now } / 1_000_000)
    }

    /// Whether all tasks have ended.
    var isIdle: Bool {
        state.withLock { $0.running == 0 }
    }

    /// The clock of this simulation.
    var clock: ServiceClock {
        ServiceClock(
            now: { self.now },
            nanoseconds: { self.state.withLock { $0.now } },
            sleep: { await self.sleep($0) }
        )
    }

    /// Starts `body` at the simulation's current time; it runs in the next call of ``run(before:)``.
    ///
    /// The task is unstructured because a synchronous caller starts it; the simulation counts it until it ends.
    func start(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { $0.running += 1 }
        Task(executorPreference: self) {
            await body()
            self.state.withLock { $0.running -= 1 }
        }
    }

    /// Runs everything that happens before `time`, and leaves the clock there.
    func run(before time: Timestamp) {
        let limit = (time - start) * 1_000_000
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return state.jobs
            }
            for job in jobs {
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
            if !jobs.isEmpty { continue }
            guard let next = nextSleeper(before: limit) else { break }
            next.resume()
        }
        state.withLock { $0.now = max($0.now, limit) }
    }

    private func sleep(_ duration: Duration) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.order += 1
                let wake = state.now + max(0, duration.nanoseconds)
                state.sleepers.append(Sleeper(wake: wake, order: state.order, continuation: continuation))
                state.siftUp()
            }
        }
    }

    private func nextSleeper(before limit: Int64) -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            guard let first = state.sleepers.first, first.wake < limit else { return nil }
            state.now = max(state.now, first.wake)
            state.removeFirst()
            return first.continuation
        }
    }
}

extension Simulation: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        state.withLock { $0.jobs.append(unowned) }
    }
}

extension Simulation.State {
    fileprivate func isBefore(_ a: Int, _ b: Int) -> Bool {
        (sleepers[a].wake, sleepers[a].order) < (sleepers[b].wake, sleepers[b].order)
    }

    fileprivate mutating func siftUp() {
        var child = sleepers.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            sleepers.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    fileprivate mutating func removeFirst() {
        sleepers.swapAt(0, sleepers.count - 1)
        sleepers.removeLast()
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < sleepers.count }
            guard let least = children.min(by: { isBefore($0, $1) }), isBefore(least, parent) else { return }
            sleepers.swapAt(least, parent)
            parent = least
        }
    }
}
