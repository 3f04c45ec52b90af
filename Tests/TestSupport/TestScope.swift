import Foundation
package import Testing

/// How much of the suite runs, as `scripts/test` sets it in the environment.
package enum TestScope {
    /// Whether only the tests of an edit loop run: without peers, crashes and programs that are started.
    package static let isQuick = ProcessInfo.processInfo.environment["PURSER_QUICK_TESTS"] == "1"

    /// Whether the suites named `...LongTests` take as long as they need, each alone, and crash tests check every operation.
    package static let isLong = ProcessInfo.processInfo.environment["PURSER_LONG_TESTS"] == "1"

    /// The number of disk operations from one at which a real process is killed to the next.
    package static let killStride = isLong ? 16 : 64

    /// Returns the number of disk operations from one that is imaged or fails to the next: 1 in the long form.
    package static func stride(short: Int) -> Int {
        isLong ? 1 : short
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the tests in a quick run, because they start programs.
    package static var startsPrograms: Self {
        .disabled(if: TestScope.isQuick, "left out of a quick run, which starts no programs")
    }
}
