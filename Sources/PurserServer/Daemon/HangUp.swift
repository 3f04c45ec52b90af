import Purser
import ServiceLifecycle
import UnixSignals

/// Does some work at each SIGHUP, which by default ends a process.
struct HangUp: Service {
    /// Must be kept until the process ends: without it, the signal has its default effect again.
    let signals: UnixSignalsSequence
    let body: @Sendable () -> Void
    private let work = BlockingWork("hang-up")

    init(_ signals: UnixSignalsSequence, body: @escaping @Sendable () -> Void) {
        self.signals = signals
        self.body = body
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            try await work.perform(body)
        }
    }
}
