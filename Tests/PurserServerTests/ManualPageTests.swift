import ChatService
import TestSupport
import Testing

@testable import PurserServer

@Suite(.blocking) struct ManualPageTests {
    /// The page that `purserd --man` writes.
    private static func page() throws -> String {
        let command = try SettingsCommand(["--man"], environment: [:], readFile: { _ in "" }, fetch: { _, _ in [:] })
        guard case .help(let page) = command else {
            Issue.record("\(command)")
            return ""
        }
        return page
    }

    @Test("mandoc finds nothing wrong with the manual page of purserd", .needsMandoc)
    func lint() throws {
        #expect(try Mandoc.faults(try Self.page()) == [])
    }

    @Test("the manual page has every setting")
    func completeness() throws {
        let page = try Self.page().replacing("\\-", with: "-")
        for setting in Settings.all {
            #expect(page.contains("\n.It Sy \"\(setting.flag), \(setting.name)\"\n"), "\(setting.name)")
        }
    }
}
