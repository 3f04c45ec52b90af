import Foundation
import Purser
import PurserCore
import PurserStore
import Synchronization

/// The cost of reserving and settling a call durably.
enum Accounting {
    static func run(_ folder: URL) async throws {
        print("\nACCOUNTING, reserve and settle a call of a team with a budget, durably")
        for callers in [1, 32, 256] {
            let calls = max(400, callers * 16)
            let single = try await measure(folder, "single", callers: callers, calls: calls) { store in
                let lock = Mutex(())
                // This is the behaviour without group commit: each entry is its own transaction, and the others wait
                // for it.
                return { work in try lock.withLock { _ in try work(store) } }
            }
            let group = try await measure(folder, "group", callers: callers, calls: calls) { store in
                let commit = GroupCommit(store)
                return { work in try await commit.perform(work) }
            }
            print("  \(callers) callers")
            print("    single transactions   \(single)")
            print("    group commit          \(group)")
        }
    }

    private typealias Perform = @Sendable (@escaping @Sendable (Store) throws -> Void) async throws -> Void

    private static func measure(
        _ folder: URL,
        _ name: String,
        callers: Int,
        calls: Int,
        _ make: (Store) -> Perform
    ) async throws -> String {
        let store = try Store(path: folder.appendingPathComponent("\(name)-\(callers).db").path, .creating)
        let time = Timestamp(seconds: 1_790_000_000)
        try store.setBudget(Picodollars(1_000_000 * Picodollars.dollar.rawValue), for: .team("support"), at: time)
        let perform = make(store)
        let price = try shippedPrice()
        let waits = Waits()
        let clock = ContinuousClock()
        // The first round fills the statement caches.
        for round in 0..<2 {
            waits.clear()
            let (wall, cpu) = (clock.now, cpuSeconds())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        for call in 0..<calls / callers {
                            let id = "\(round)-\(caller)-\(call)"
                            let start = clock.now
                            try await perform { _ = try $0.reserve(reservation(id, time, price)) }
                            let middle = clock.now
                            try await perform { try $0.settle(settlement(id, time)) }
                            waits.add(start.duration(to: middle), middle.duration(to: clock.now))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let seconds = clock.now - wall
            guard round == 1 else { continue }
            let made = Double(calls / callers * callers)
            return "\(Int(made / (seconds / .seconds(1)))) calls a second, "
                + "\(Int((cpuSeconds() - cpu) / made * 1e6)) us of CPU a call, an entry waits \(waits.text)"
        }
        return ""
    }

    private static func shippedPrice() throws -> Price {
        try PriceCatalog.shipped().prices[0]
    }

    private static func reservation(_ id: String, _ time: Timestamp, _ price: Price) -> Reservation {
        Reservation(
            requestId: id,
            time: time,
            caller: Caller(user: "ann", team: "support", application: "chat"),
            modelId: price.modelId,
            correlationId: "c-" + id,
            price: price,
            hold: Picodollars(400_000_000),
            limit: Picodollars(1_000_000 * Picodollars.dollar.rawValue),
            quota: 100_000_000,
            lease: time + 600
        )
    }

    private static func settlement(_ id: String, _ time: Timestamp) -> Settlement {
        Settlement(
            requestId: id,
            time: time + 2,
            outcome: "success",
            usage: TokenUsage(input: 900, output: 350),
            isEstimated: false,
            latencyMilliseconds: 2000,
            retries: 0,
            cost: Picodollars(150_000_000)
        )
    }

    /// Returns the CPU seconds that this process has used on all processors.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// How long entries waited for their commit.
private final class Waits: Sendable {
    private let seconds = Mutex<[Double]>([])

    func add(_ durations: Duration...) {
        seconds.withLock { $0 += durations.map { $0 / .seconds(1) } }
    }

    func clear() {
        seconds.withLock { $0 = [] }
    }

    var text: String {
        let sorted = seconds.withLock { $0.sorted() }
        func milliseconds(_ share: Double) -> String {
            let value = sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] * 1000
            return String((value * 100).rounded() / 100)
        }
        return "\(milliseconds(0.5)) ms (median), \(milliseconds(0.99)) ms (p99)"
    }
}
