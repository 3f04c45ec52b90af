import Foundation
package import Testing

/// Runs a test, or a whole suite, on threads other than those of Swift's tasks.
///
/// A test that waits for another program, for the disk or for a long computation would block one of Swift's threads.
/// There are only as many of them as processors, so every other test that awaits something would be blocked too. With
/// this trait, up to twice as many tests as processors run concurrently; the others wait for their turn. A test that
/// mostly awaits is better off without the trait.
package struct BlockingTrait: TestTrait, SuiteTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(BlockingExecutor.shared) { try await function() }
    }
}

extension Trait where Self == BlockingTrait {
    /// Marks a test that blocks its thread for a long time.
    package static var blocking: Self { BlockingTrait() }
}

private final class BlockingExecutor: TaskExecutor {
    static let shared = BlockingExecutor()

    private let turns = DispatchSemaphore(value: 2 * ProcessInfo.processInfo.activeProcessorCount)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { [self] in
            turns.wait()
            job.runSynchronously(on: asUnownedTaskExecutor())
            turns.signal()
        }
    }
}
