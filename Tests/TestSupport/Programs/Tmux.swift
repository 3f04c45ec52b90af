import Foundation
package import Testing

extension Trait where Self == ConditionTrait {
    /// Skips the test where tmux is missing, unless PURSER_REQUIRE_PEERS=1.
    package static var needsTmux: Self {
        .enabled(
            if: !TestScope.isQuick
                && (ProcessInfo.processInfo.environment["PURSER_REQUIRE_PEERS"] == "1"
                    || FileManager.default.isExecutableFile(atPath: "/usr/bin/tmux")),
            "needs Debian's package tmux, which scripts/test installs"
        )
    }
}
