import Foundation
import Purser
import PurserCore
import PurserStore
import Synchronization

/// The cost of reserving and settling a call durably.
enum Accounting {
    static func run(_ folder: URL) async throws {
        print("\nACCOUNTING, reserve and settle a call of a team with a budget, durably")
        print(
            "  the disk makes \(try Int(syncsPerSecond(folder))) writes of a page durable a second, one after the other"
        )
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
        try await windows(folder)
    }

    /// Returns how many times a second a page in a file of the log's size can be made durable.
    private static func syncsPerSecond(_ folder: URL) throws -> Double {
        let path = folder.appendingPathComponent("sync").path
        let (page, pages, writes) = ([UInt8](repeating: 1, count: 8192), 1000, 2000)
        let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw WholeProgram.Failure(arguments: [path], reason: "it cannot be opened") }
        defer { close(descriptor) }
        for place in 0..<pages { pwrite(descriptor, page, page.count, off_t(place * page.count)) }
        fsync(descriptor)
        let clock = ContinuousClock()
        let seconds = clock.measure {
            for write in 0..<writes {
                pwrite(descriptor, page, page.count, off_t(write % pages * page.count))
                fdatasync(descriptor)
            }
        }
        return Double(writes) / (seconds / .seconds(1))
    }

    /// Compares budgets over four windows with budgets over one, in turns, and prints the medians.
    private static func windows(_ folder: URL) async throws {
        let scopes: [BudgetScope] = [
            .team("support"), .user("ann"), .accessKey("key"), .application("chat"), .session("run"),
        ]
        var figures: [[Double]] = [[], []]
        for round in 0..<7 {
            for (index, windows) in [[BudgetWindow.month], BudgetWindow.allCases].enumerated() {
                let name = "windows-\(round)-\(index)"
                let store = try Store(path: folder.appendingPathComponent("\(name).db").path, .creating)
                for scope in scopes {
                    for window in windows {
                        try store.setBudget(Budget(scope: scope, window: window, limit: limit), at: time)
                    }
                }
                let commit = GroupCommit(store)
                let figure = try await measure(store, callers: 32, calls: 4096) { try await commit.perform($0) }
                figures[index].append(figure.microseconds)
            }
        }
        let medians = figures.map { $0.sorted()[$0.count / 2] }
        print("  five scopes, 32 callers, group commit, medians of 7")
        print("    one window            \(Int(medians[0])) us of CPU a call")
        print("    four windows          \(Int(medians[1])) us of CPU a call")
        print(
            "    calls a core-second   \(Int((100 * (1 - medians[0] / medians[1])).rounded())) % below one window; limit 10"
        )
    }

    private static let time = Timestamp(seconds: 1_790_000_000)
    private static let limit = Picodollars(1_000_000 * Picodollars.dollar.rawValue)

    private typealias Perform = @Sendable (@escaping @Sendable (Store) throws -> Void) async throws -> Void

    private static func measure(
        _ folder: URL,
        _ name: String,
        callers: Int,
        calls: Int,
        _ make: (Store) -> Perform
    ) async throws -> String {
        let store = try Store(path: folder.appendingPathComponent("\(name)-\(callers).db").path, .creating)
        try store.setBudget(Budget(scope: .team("support"), limit: limit), at: time)
        let figure = try await measure(store, callers: callers, calls: calls, make(store))
        return "\(Int(figure.perSecond)) calls a second, \(Int(figure.microseconds)) us of CPU a call, "
            + "an entry waits \(figure.waits)"
    }

    private struct Figure {
        var perSecond: Double
        /// Of CPU, for each call.
        var microseconds: Double
        var waits: String
    }

    private static func measure(_ store: Store, callers: Int, calls: Int, _ perform: @escaping Perform) async throws
        -> Figure
    {
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
            return Figure(
                perSecond: made / (seconds / .seconds(1)),
                microseconds: (cpuSeconds() - cpu) / made * 1e6,
                waits: waits.text
            )
        }
        return Figure(perSecond: 0, microseconds: 0, waits: "")
    }

    private static func shippedPrice() throws -> Price {
        try PriceCatalog.shipped().prices[0]
    }

    private static func reservation(_ id: String, _ time: Timestamp, _ price: Price) -> Reservation {
        Reservation(
            requestId: id,
            time: time,
            caller: Caller(user: "ann", team: "support", application: "chat", accessKey: "key", session: "run"),
            modelId: price.modelId,
            correlationId: "c-" + id,
            price: price,
            hold: Picodollars(400_000_000),
            limit: limit,
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
