import Foundation
package import Testing

/// How much of the suite runs, as `scripts/test` sets it in the environment.
package enum TestScope {
    /// Whether only the tests for an edit loop run: those without peers, crashes or other programs.
    package static let isQuick = ProcessInfo.processInfo.environment["PURSER_QUICK_TESTS"] == "1"

    /// Whether the suites named `...LongTests` take as long as they need, one at a time, and crash tests check every
    /// operation.
    package static let isLong = ProcessInfo.processInfo.environment["PURSER_LONG_TESTS"] == "1"

    /// The stride between the disk operations at which a real process is killed.
    package static let killStride = isLong ? 16 : 64

    /// Returns the stride between the disk operations that are imaged or fail: 1 in the long form.
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
