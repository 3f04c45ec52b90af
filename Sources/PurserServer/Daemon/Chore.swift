import Purser
import ServiceLifecycle

/// A task that runs at a fixed interval while the daemon runs, and once more when it ends.
struct Chore: Service {
    private let seconds: Int
    private let body: @Sendable () -> Void
    private let work: BlockingWork

    /// - Parameter body: The work, which may wait for the disk or the network.
    init(_ name: String, everySeconds seconds: Int, body: @escaping @Sendable () -> Void) {
        work = BlockingWork(name)
        self.seconds = seconds
        self.body = body
    }

    func run() async throws {
        var isLast = false
        while !isLast {
            isLast = await !sleeps()
            try await work.perform(body)
        }
    }

    /// Waits; returns false if the daemon is shutting down.
    private func sleeps() async -> Bool {
        do {
            return try await cancelWhenGracefulShutdown {
                try await Task.sleep(for: .seconds(seconds))
                return true
            }
        } catch {
            return false
        }
    }
}
