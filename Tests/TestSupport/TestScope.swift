import Foundation
public import Testing

/// How much of the suite runs, as `scripts/test` says by the environment.
public enum TestScope {
    /// Whether the tests of an edit loop run: without peers, crashes and programs that are started.
    public static let isQuick = ProcessInfo.processInfo.environment["PURSER_QUICK_TESTS"] == "1"

    /// Whether the suites named `...LongTests` take as long as they must, each alone, and crash tests look at every operation.
    public static let isLong = ProcessInfo.processInfo.environment["PURSER_LONG_TESTS"] == "1"

    /// A real process is killed at each of so many operations of the disk.
    public static let killStride = isLong ? 16 : 64

    /// At each of so many operations of the disk an image is made, or the operation fails: at every one in the long form.
    public static func stride(short: Int) -> Int {
        isLong ? 1 : short
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the tests in a quick run, because they start programs.
    public static var startsPrograms: Self {
        .disabled(if: TestScope.isQuick, "left out of a quick run, which starts no programs")
    }
}
