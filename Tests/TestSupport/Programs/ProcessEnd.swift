package import Foundation

/// The end of a process as an event.
package final class ProcessEnd: Sendable {
    private let ended = DispatchSemaphore(value: 0)
    private let process: Process

    /// Watches a process that is not started yet; `body` runs when it has ended.
    package init(of process: Process, _ body: @escaping @Sendable () -> Void = {}) {
        self.process = process
        process.terminationHandler = { [ended] _ in
            ended.signal()
            body()
        }
    }

    /// Waits as long as a test does; returns false if the process is still running.
    package func wait() -> Bool {
        guard ended.wait(timeout: .now() + PeerProcess.patienceSeconds) == .success else { return false }
        // Signal the next caller too.
        ended.signal()
        process.waitUntilExit()
        return true
    }
}
