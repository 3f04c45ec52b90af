import Foundation
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms, .enabled(if: TestScope.isLong, "it builds Purser's library again, as CI does"))
struct LibrarySampleLongTests {
    @Test("the README's example builds in another package, with one import and one product of Purser")
    func builds() throws {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swift", "build", "--package-path", Repository.root.appendingPathComponent("Tests/LibrarySample").path,
            "--scratch-path", folder.path("build"),
        ]
        let log = folder.path("log")
        try Data().write(to: URL(fileURLWithPath: log))
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardOutput = output
        process.standardError = output
        try ProcessStart.run(process)
        process.waitUntilExit()
        let text = try String(contentsOfFile: log, encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(text)")
    }
}
