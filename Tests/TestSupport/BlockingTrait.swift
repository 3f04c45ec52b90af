import Foundation
public import Testing

/// Runs a test, or all of a suite, on threads beside those of Swift's tasks.
///
/// A test that waits for another program, for the disk or for a long computation would keep one of those threads, of
/// which there are as many as processors, and with it every other test that awaits something. So many run at once
/// as there are processors, twice over; the others wait for their turn. A test that mostly awaits is better off without it.
public struct BlockingTrait: TestTrait, SuiteTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(BlockingExecutor.shared) { try await function() }
    }
}

extension Trait where Self == BlockingTrait {
    /// The test keeps its thread for long.
    public static var blocking: Self { BlockingTrait() }
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
