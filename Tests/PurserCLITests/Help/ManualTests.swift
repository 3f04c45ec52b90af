import Foundation
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct ManualTests {
    @Test("mandoc finds nothing wrong with the manual page of purser", .needsMandoc)
    func lint() throws {
        let page = try PurserProgram().run("help", "--man")
        #expect(page.status == 0 && page.errors.isEmpty)
        #expect(try Mandoc.faults(page.output) == [])
    }

    @Test("the manual page has every command, every option, and its sections")
    func completeness() throws {
        let page = try PurserProgram().run("help", "--man").output.replacing("\\-", with: "-")
        for section in [
            "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "KEYS", "ENVIRONMENT", "FILES", "EXIT STATUS",
            "EXAMPLES",
        ] {
            #expect(page.contains("\n.Sh \(section)\n"), "\(section)")
        }
        for command in try ToolInfo().commands {
            #expect(page.contains("\n.Ss purser \(command.name)"), "\(command.name)")
            for flag in command.arguments.compactMap(\.flag) where flag != "--help" {
                #expect(page.contains(".It Sy \"\(flag)"), "\(command.name) \(flag)")
            }
        }
    }

    @Test("every example of the manual page is a command that the documents show, and so is run by the tests")
    func examples() throws {
        let page = try PurserProgram().run("help", "--man").output.replacing("\\-", with: "-")
        let examples = page.components(separatedBy: ".Sh EXAMPLES")[1].split(separator: "\n").filter {
            $0.hasPrefix("purser ")
        }.map(String.init)
        let shown = try DocumentationTests.documents.flatMap(DocumentationTests.commands).map(\.text)
        #expect(examples.count >= 6)
        for example in examples { #expect(shown.contains(example), "\(example)") }
    }
}
