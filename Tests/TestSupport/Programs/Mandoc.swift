import Foundation
package import Testing

/// mandoc, which checks manual pages.
package enum Mandoc {
    private static let path = "/usr/bin/mandoc"

    fileprivate static var isAvailable: Bool {
        ProcessInfo.processInfo.environment["PURSER_REQUIRE_PEERS"] == "1"
            || FileManager.default.isExecutableFile(atPath: path)
    }

    /// Returns what mandoc finds wrong with a page, a line each; none if it is right.
    package static func faults(_ page: String) throws -> [String] {
        let folder = try TemporaryFolder()
        let file = folder.path("page")
        try page.write(toFile: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-T", "lint", "-W", "style", file]
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try ProcessStart.run(process)
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test where mandoc is missing, unless PURSER_REQUIRE_PEERS=1.
    package static var needsMandoc: Self {
        .enabled(
            if: !TestScope.isQuick && Mandoc.isAvailable,
            "needs Debian's package mandoc, which scripts/test installs"
        )
    }
}
