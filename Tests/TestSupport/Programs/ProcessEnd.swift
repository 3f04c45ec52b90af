public import Foundation

/// The end of a process as an event.
public final class ProcessEnd: Sendable {
    private let ended = DispatchSemaphore(value: 0)
    private let process: Process

    /// Watches a process that is not started yet; `body` runs when it has ended.
    public init(of process: Process, _ body: @escaping @Sendable () -> Void = {}) {
        self.process = process
        process.terminationHandler = { [ended] _ in
            ended.signal()
            body()
        }
    }

    /// Waits as long as a test does; false where the process still runs.
    public func wait() -> Bool {
        guard ended.wait(timeout: .now() + PeerProcess.patienceSeconds) == .success else { return false }
        // The next one to ask is told too.
        ended.signal()
        process.waitUntilExit()
        return true
    }
}
