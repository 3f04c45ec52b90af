import Foundation

/// How much of the suite runs, as `scripts/test` says by the environment.
public enum TestScope {
    /// Whether the tests of an edit loop run: without peers, crashes and programs that are started.
    public static let isQuick = ProcessInfo.processInfo.environment["PURSER_QUICK_TESTS"] == "1"

    /// Whether the suites named `...LongTests` take as long as they must, each alone, and crash tests look at every operation.
    public static let isLong = ProcessInfo.processInfo.environment["PURSER_LONG_TESTS"] == "1"
}
