import Foundation
import Purser
import TestSupport
import Testing

@Suite struct RunbookTests {
    @Test("a runbook is a URL, a file beside the alarm folder or in it, or a shipped one")
    func places() throws {
        let folder = try TemporaryFolder()
        for path in ["conf/alarms", "conf/docs/runbooks"] {
            try FileManager.default.createDirectory(atPath: folder.path(path), withIntermediateDirectories: true)
        }
        try "beside".write(toFile: folder.path("conf/docs/runbooks/a.md"), atomically: true, encoding: .utf8)
        try "within".write(toFile: folder.path("conf/alarms/b.md"), atomically: true, encoding: .utf8)
        let alarms = AlarmFolder(path: folder.path("conf/alarms"), parameters: [:])
        #expect(try alarms.runbook("docs/runbooks/a.md") == .text("beside"))
        #expect(try alarms.runbook("b.md") == .text("within"))
        #expect(try alarms.runbook("https://example.com/a.md") == .link)
        #expect(try alarms.runbook("docs/runbooks/none.md") == nil)
        // An alarm of another project may name any path.
        #expect(try alarms.runbook("../alarms/b.md") == nil && alarms.runbook(folder.path("conf/alarms/b.md")) == nil)
        let shipped = try Repository.text("docs/runbooks/error-rate.md")
        #expect(try AlarmFolder(path: nil, parameters: [:]).runbook("docs/runbooks/error-rate.md") == .text(shipped))
    }
}
