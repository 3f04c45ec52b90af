import PurserCore
import ServiceLifecycle

/// A task that runs repeatedly while the daemon runs, and once more when it ends.
struct Chore: Service {
    /// Milliseconds until the next run.
    let next: @Sendable () -> Int64
    /// The work, which may wait for the disk or the network; `isLast` is true for the last run.
    let body: @Sendable (_ isLast: Bool) -> Void
    private let work: BlockingWork

    init(
        _ name: String,
        next: @escaping @Sendable () -> Int64,
        body: @escaping @Sendable (_ isLast: Bool) -> Void
    ) {
        work = BlockingWork(name)
        self.next = next
        self.body = body
    }

    /// Creates a chore that runs every so many seconds.
    init(_ name: String, everySeconds: Int, body: @escaping @Sendable () -> Void) {
        self.init(name, next: { Int64(everySeconds) * 1000 }, body: { _ in body() })
    }

    func run() async throws {
        var isLast = false
        while !isLast {
            isLast = await !sleeps(milliseconds: next())
            // The last run happens even if the task is cancelled: the samples of the last seconds are in memory.
            let last = isLast
            try await work.perform { [body] in body(last) }
        }
    }

    /// Waits; returns false if the daemon is shutting down.
    private func sleeps(milliseconds: Int64) async -> Bool {
        do {
            return try await cancelWhenGracefulShutdown {
                try await Task.sleep(for: .milliseconds(milliseconds))
                return true
            }
        } catch {
            return false
        }
    }
}
