import ArgumentParser
import PurserRender

struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help",
        abstract: "Shows help about a command or a topic.",
        discussion: "The topics are \(HelpTopic.allCases.map(\.rawValue).joined(separator: ", "))."
    )

    @Argument(help: "A command with its subcommand, or a topic.")
    var topic: [String] = []

    @Flag(name: .long, help: "Write the manual page, in the macros of mdoc: `purser help --man | man -l -`.")
    var man = false

    func validate() throws {
        if man, !topic.isEmpty { throw ValidationError("--man is about the whole program, not about a command") }
    }

    func run() throws {
        try reporting {
            if man {
                show(try PurserManual.page().mdoc)
            } else if let page = topic.first.flatMap(HelpTopic.init), topic.count == 1 {
                show(page.text(width: Self.width))
            } else {
                show(try Self.help(topic))
            }
        }
    }

    private static var width: Int {
        min(100, DrawingOptions.terminalWidth ?? 80)
    }

    /// Returns the help of a command, or of the program without words.
    private static func help(_ words: [String]) throws -> String {
        if let first = words.first, words.count > 1, HelpTopic(rawValue: first) != nil {
            throw UsageError("`\(first)` is a topic, so nothing may follow it, and `\(words[1])` does")
        }
        var command: any ParsableCommand.Type = PurserCommand.self
        for (index, word) in words.enumerated() {
            let subcommands = command.configuration.subcommands
            guard let next = subcommands.first(where: { $0._commandName == word }) else {
                let names = subcommands.map { $0._commandName } + (index == 0 ? HelpTopic.allCases.map(\.rawValue) : [])
                let what =
                    index == 0 ? "command or topic" : "subcommand of \(words.prefix(index).joined(separator: " "))"
                let allowed = names.isEmpty ? "" : "; there are \(names.joined(separator: ", "))"
                throw UsageError("no \(what) `\(word)`\(allowed)")
            }
            command = next
        }
        let text = PurserCommand.helpMessage(for: command)
        guard words.isEmpty else { return text }
        let longest = HelpTopic.allCases.map(\.rawValue.count).max() ?? 0
        let topics = HelpTopic.allCases.map { topic in
            let gap = String(repeating: " ", count: longest - topic.rawValue.count + 2)
            return "  " + topic.rawValue + gap + topic.summary
        }
        return text + "\n\nTOPICS (purser help TOPIC):\n" + topics.joined(separator: "\n")
    }
}
