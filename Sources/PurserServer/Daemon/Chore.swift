import PurserCore
import ServiceLifecycle

/// Something that is done every so often while the daemon runs, and once more at its end.
struct Chore: Service {
    /// Milliseconds from now to the next time.
    let next: @Sendable () -> Int64
    /// Waits for the disk or the network; gets told whether it is the last time.
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

    /// A chore every so many seconds.
    init(_ name: String, everySeconds: Int, body: @escaping @Sendable () -> Void) {
        self.init(name, next: { Int64(everySeconds) * 1000 }, body: { _ in body() })
    }

    func run() async throws {
        var isLast = false
        while !isLast {
            isLast = await !sleeps(milliseconds: next())
            // The last time is done even where the task is cancelled: the samples of the last seconds are in memory.
            let last = isLast
            try await work.perform { [body] in body(last) }
        }
    }

    /// Waits; false where the daemon comes to its end.
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
