import Foundation

/// The lock for a store's writers, which no process can monopolize by taking it again and again.
///
/// It consists of two locks. A process that wants to write first takes `next`, then waits for `writer`, and releases
/// `next` once it has it. A writer that wants to write again right away finds `next` held by another process, and
/// waits its turn behind it. So on average a process waits for one turn of each of the others, and does not have to wait
/// until all of them are idle.
final class WritersLock: Sendable {
    private let writer: FileLock
    private let next: FileLock

    /// The interval at which the holder of `next` polls for the end of the current write. It is short because no
    /// process writes between that end and the next poll.
    private static let nextPollMicroseconds: UInt32 = 50

    /// - Parameter store: The store's path without symbolic links.
    init(store: String) {
        writer = FileLock(path: store + "-lock", store: store)
        next = FileLock(path: store + "-next-lock", store: store)
    }

    /// Runs `body` under the lock, after every other holder has released it.
    func exclusive<Value>(timeoutSeconds: Int, _ body: () throws -> Value) throws -> Value {
        let limit = ContinuousClock.now + .seconds(timeoutSeconds)
        try next.wait(until: limit)
        do {
            defer { next.unlock() }
            try writer.wait(until: limit, pollMicroseconds: Self.nextPollMicroseconds)
        }
        defer { writer.unlock() }
        return try body()
    }
}
