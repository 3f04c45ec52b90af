import Foundation

/// Runs work that waits for the disk on its own threads, so that no task waits behind it.
package struct BlockingWork: Sendable {
    private let queue: DispatchQueue

    /// Creates a queue that runs one piece of work at a time.
    package init(_ name: String) {
        queue = DispatchQueue(label: "purser." + name)
    }

    package func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
