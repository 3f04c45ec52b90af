import Foundation
import PurserRender
import Testing

@Suite struct HelpTopicTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("docs/cli.md has the rows of every topic and its sentences", arguments: HelpTopic.allCases)
    func documentation(topic: HelpTopic) throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/cli.md"), encoding: .utf8)
        let lines = Set(text.split(separator: "\n").map(String.init))
        for row in topic.rows {
            let name = topic == .exitCodes ? row.name : "`\(row.name)`"
            #expect(lines.contains("| \(name) | \(row.meaning) |"), "docs/cli.md lacks the row of \(name)")
        }
        let flowing = text.replacing("\n", with: " ")
        // The forms of a duration are part of a longer text.
        for sentence in topic.introduction where topic != .times && topic != .exitCodes {
            #expect(flowing.contains(sentence), "docs/cli.md lacks: \(sentence)")
        }
        #expect(text.contains("`\(topic.rawValue)`"))
    }

    @Test("a topic's table has no name twice, and its text is no wider than the screen unless a word is")
    func text() {
        for topic in HelpTopic.allCases {
            #expect(Set(topic.rows.map(\.name)).count == topic.rows.count)
            for width in [40, 80, 100] {
                for line in topic.text(width: width).split(separator: "\n") {
                    let words = line.split(separator: " ").map(\.count).max() ?? 0
                    #expect(line.count <= max(width, words + 30), "\(line)")
                }
            }
        }
    }

    @Test("the topic on exit codes", arguments: [60])
    func exitCodes(width: Int) throws {
        try expectGolden(HelpTopic.exitCodes.text(width: width) + "\n", "help-exit-codes.txt")
    }
}
