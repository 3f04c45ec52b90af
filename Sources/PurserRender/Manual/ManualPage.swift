/// A page of the manual, and its form for `man`.
package struct ManualPage: Sendable, Equatable {
    /// A term with sentences about it.
    package struct Item: Sendable, Equatable {
        package var term: String
        package var sentences: [String]

        package init(_ term: String, _ sentences: [String]) {
            self.term = term
            self.sentences = sentences
        }
    }

    package enum Block: Sendable, Equatable {
        /// Sentences.
        case paragraph([String])
        case list([Item])
        case heading(String)
        /// Commands, a line each.
        case example(String)
    }

    package struct Section: Sendable, Equatable {
        package var title: String
        package var blocks: [Block]

        package init(_ title: String, _ blocks: [Block]) {
            self.title = title
            self.blocks = blocks
        }
    }

    package var name: String
    /// The section of the manual: 1 for commands, 8 for daemons.
    package var number: Int
    package var summary: String
    /// The ways to call the program, without its name.
    package var synopsis: [String]
    package var sections: [Section]

    package init(name: String, number: Int, summary: String, synopsis: [String], sections: [Section]) {
        self.name = name
        self.number = number
        self.summary = summary
        self.synopsis = synopsis
        self.sections = sections
    }

    /// The day of the manual. It is not the day of the build, so that a build can be repeated.
    private static let date = "November 30, 2026"

    /// The page in the macros of mdoc(7).
    package var mdoc: String {
        var lines = [
            ".Dd \(Self.date)", ".Dt \(name.uppercased()) \(number)", ".Os", ".Sh NAME", ".Nm \(name)",
            ".Nd \(Self.escaped(summary))",
            ".Sh SYNOPSIS",
        ]
        for form in synopsis { lines += [".Nm \(name)", Self.line(form)] }
        for section in sections {
            lines.append(".Sh " + section.title)
            for (index, block) in section.blocks.enumerated() {
                // A list and an example have their own distance, and after a heading there is none.
                var isFirst = index == 0
                if index > 0, case .heading = section.blocks[index - 1] { isFirst = true }
                lines += Self.lines(block, isFirst: isFirst)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ block: Block, isFirst: Bool) -> [String] {
        switch block {
        case .paragraph(let sentences): (isFirst ? [] : [".Pp"]) + sentences.flatMap(text)
        case .heading(let title): [".Ss " + escaped(title)]
        case .list(let items):
            [".Bl -tag -width Ds"] + items.flatMap { [".It Sy \"\(quoted($0.term))\""] + $0.sentences.flatMap(text) }
                + [".El"]
        case .example(let text):
            [".Bd -literal -offset indent"] + text.split(separator: "\n").map { line(String($0)) } + [".Ed"]
        }
    }

    /// The length at which lines of text are broken, in characters.
    private static let mostCharacters = 78

    /// Returns sentences in lines; each sentence begins a line.
    private static func text(_ sentences: String) -> [String] {
        var lines: [String] = []
        for word in sentences.replacing("`", with: "").split(whereSeparator: \.isWhitespace) {
            let word = escaped(String(word))
            if let last = lines.last, !last.hasSuffix("."), last.count + 1 + word.count <= mostCharacters {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(word)
            }
        }
        return lines.map(guarded)
    }

    private static func line(_ text: String) -> String {
        guarded(escaped(text))
    }

    /// Returns a line of text that is not mistaken for a macro.
    private static func guarded(_ line: String) -> String {
        line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
    }

    private static func quoted(_ text: String) -> String {
        // mdoc(7) takes these for punctuation, also in quotes, and sets nothing in bold.
        let isDelimiter = [".", ",", ":", ";", "?", "!", "(", ")", "[", "]", "|"].contains(text)
        return (isDelimiter ? "\\&" : "") + escaped(text).replacing("\"", with: "\"\"")
    }

    /// Returns text in which nothing is an escape sequence, and hyphens can be copied into a shell.
    private static func escaped(_ text: String) -> String {
        TerminalText.sanitized(text).replacing("\\", with: "\\e").replacing("-", with: "\\-")
    }
}

extension ManualPage.Block {
    /// The table of a page of the help.
    package static func table(_ topic: HelpTopic) -> [ManualPage.Block] {
        [
            .paragraph(topic.introduction), .list(topic.rows.map { ManualPage.Item($0.name, [$0.meaning + "."]) }),
            .paragraph(topic.conclusion),
        ].filter { $0 != .paragraph([]) }
    }
}
