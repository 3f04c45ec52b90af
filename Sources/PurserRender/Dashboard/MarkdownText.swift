/// Markdown as plain text: its marks are left out, and long lines are wrapped.
enum MarkdownText {
    static func lines(_ markdown: String, width: Int) -> [Line] {
        var lines = markdown.split(omittingEmptySubsequences: false) { $0.isNewline }.flatMap { text in
            wrapped(line(text), width: width)
        }
        while lines.last?.width == 0 { lines.removeLast() }
        return lines
    }

    private static func line(_ text: Substring) -> Line {
        let level = text.prefix { $0 == "#" }.count
        if (1...6).contains(level), text.dropFirst(level).first == " " {
            return Line(plain(text.dropFirst(level + 1)), .heading)
        }
        return Line(plain(text))
    }

    /// Returns the text without emphasis, and with the address of a link after its words.
    private static func plain(_ text: Substring) -> String {
        var text = text.replacing("**", with: "").replacing("__", with: "").replacing("`", with: "")
        // The words of a link are between brackets, its address between the parentheses that follow them.
        text = text.replacing(/\[(?:button:)?(?:primary:)?([^\]\[]*)\]\(([^()]*)\)/) { match in
            match.1.isEmpty || match.1 == match.2 ? String(match.2) : "\(match.1) (\(match.2))"
        }
        return String(text)
    }

    /// Returns a line on as many lines as it needs, broken at blanks where that is possible.
    static func wrapped(_ line: Line, width: Int) -> [Line] {
        line.width <= width ? [line] : line.wrapped(to: width)
    }
}
