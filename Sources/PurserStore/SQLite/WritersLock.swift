import Foundation

/// The lock of whoever writes to a store, which no process can keep from the others by asking for it again and again.
///
/// It is two locks. Who wants to write first takes the place of the next one, then waits for the writer, and leaves the
/// place to another. A writer that wants to write again at once meets the next one in its place, who comes first; so a
/// process waits for one turn of each of the others on average, and not for a moment in which all of them are idle.
final class WritersLock: Sendable {
    private let writer: FileLock
    private let next: FileLock

    /// How often the next one looks whether the writer is done: nobody writes meanwhile.
    private static let nextPollMicroseconds: UInt32 = 50

    init(path: String) {
        writer = FileLock(path: path + "-lock")
        next = FileLock(path: path + "-next-lock")
    }

    /// Runs `body` alone, after every other holder has let go.
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
