/// The bytes that paint a live view on a terminal.
package struct LiveScreen: Sendable {
    /// The alternate screen without a cursor and without automatic line breaks, which would spoil the frame if a
    /// character is wider on the terminal than Purser counts.
    package static let enter = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l"
    /// The screen as it was before ``enter``, also if a frame was cut off.
    package static let leave = "\u{1b}[?2026l\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"

    /// What the screen shows, apart from the view's own state.
    package struct Content: Sendable, Equatable {
        /// The drawn frame, in lines; nil if none could be read yet.
        package var text: String?
        /// Whether the frame's last line is the verdict, which stays on a screen that is too low for the rest.
        package var endsWithVerdict: Bool
        /// Why the newest frame could not be read.
        package var fault: String?

        package init(text: String?, endsWithVerdict: Bool, fault: String? = nil) {
            self.text = text
            self.endsWithVerdict = endsWithVerdict
            self.fault = fault
        }
    }

    /// The columns and rows of the terminal.
    private let columns: Int
    private let rows: Int
    private let style: TerminalStyle

    /// - Parameter style: The style of the drawn frame.
    package init(columns: Int, rows: Int, style: TerminalStyle) {
        self.columns = max(1, columns)
        self.rows = max(1, rows)
        self.style = style
    }

    /// Returns the bytes of one repaint: each line is painted over the one that is there, so that nothing flickers, between
    /// the marks of a synchronized update (DEC private mode 2026), so that a terminal that knows them shows it at once.
    package func bytes(_ content: Content, view: LiveView, everySeconds: Int) -> String {
        var lines = lines(content, view: view, everySeconds: everySeconds)
        if lines.isEmpty { lines = [""] }
        let painted = lines.map { line in
            // In the last column the cursor is still on the character that was written, and would erase it.
            Self.width(ofPainted: line) < columns ? line + "\u{1b}[K" : line
        }
        let below = lines.count < rows ? "\r\n\u{1b}[J" : ""
        return "\u{1b}[?2026h\u{1b}[H" + painted.joined(separator: "\r\n") + below + "\u{1b}[?2026l"
    }

    /// Returns how many lines of the frame there is no room for.
    package func hiddenLines(_ content: Content, view: LiveView) -> Int {
        max(0, body(content, view).lines.count - room(content))
    }

    private func room(_ content: Content) -> Int {
        // The bar is the first that a very low terminal does without.
        rows - faultLines(content).count - (rows > 2 ? 1 : 0)
    }

    /// Returns the lines of the frame or the help, and the verdict if it is the last of them.
    private func body(_ content: Content, _ view: LiveView) -> (lines: [String], verdict: String?) {
        var body = (content.text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if body.last?.isEmpty ?? false { body.removeLast() }
        let verdict = content.endsWithVerdict ? body.last : nil
        if view.showsHelp {
            let help = HelpTopic.keys.text(width: min(columns, style.width)).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            body = help.map(String.init) + (verdict.map { ["", $0] } ?? [])
        }
        return (body, verdict)
    }

    /// Returns at most as many lines as the terminal has, none wider than it.
    func lines(_ content: Content, view: LiveView, everySeconds: Int) -> [String] {
        let room = room(content)
        var (body, verdict) = body(content, view)
        let hidden = max(0, body.count - room)
        let above = min(view.firstLine, hidden)
        if hidden > 0 {
            let shown = body.dropFirst(above)
            body =
                verdict.map { shown.prefix(max(0, room - 1)) + (room > 0 ? [$0] : []) }
                ?? Array(shown.prefix(max(0, room)))
        }
        var lines = body + faultLines(content)
        if rows > 2 { lines.append(bar(view, above: above, below: hidden - above, everySeconds: everySeconds)) }
        return lines.prefix(rows).map { Self.cut($0, to: columns) }
    }

    private func faultLines(_ content: Content) -> [String] {
        guard let fault = content.fault else { return [] }
        let words = content.text == nil ? fault : "NOT READ AGAIN: " + fault
        let most = max(1, min(3, rows - 2))
        return Line(words, .warning).wrapped(to: style.width).prefix(most).map { $0.text(in: style) }
    }

    /// The state of the view, then as many keys as fit: at least the first two, how to end and how to get help, so a narrow
    /// terminal shows less of the state.
    private func bar(_ view: LiveView, above: Int, below: Int, everySeconds: Int) -> String {
        // How often the store is read matters least.
        var least = view.isPaused ? [] : [Line("every " + NumberText.span(seconds: everySeconds))]
        var pieces = view.isPaused ? [Line("PAUSED", .warning)] : []
        if let asOf = view.asOf { pieces.append(Line("AS OF " + NumberText.moment(asOf), .warning)) }
        if view.showsOnlyAlarms { pieces.append(Line("ALARMS ONLY", .warning)) }
        if above > 0 { pieces.append(Line("from line \(above + 1)")) }
        if below > 0 { pieces.append(Line("+\(below) line\(below == 1 ? "" : "s")")) }
        let keys = LiveKey.allCases.map { key in
            var piece = Line(key.name, .heading)
            piece.append(" " + key.word)
            return piece
        }
        let width = min(columns, style.width)
        while Line.flow(least + pieces + keys.prefix(2), width: width).count > 1 {
            if !least.isEmpty { least = [] } else if pieces.popLast() == nil { break }
        }
        return Line.flow(least + pieces + keys, width: width)[0].text(in: style)
    }

    /// Returns how many columns a painted line takes.
    static func width(ofPainted line: String) -> Int {
        parts(of: line).reduce(0) { $0 + ($1.isCode ? 0 : TerminalText.width(of: $1.text)) }
    }

    /// Returns a painted line cut to so many columns; colours are switched off as in the whole line.
    static func cut(_ line: String, to columns: Int) -> String {
        guard width(ofPainted: line) > columns else { return line }
        var out = ""
        var room = columns
        for part in parts(of: line) {
            if part.isCode {
                out += part.text
            } else if room > 0 {
                let text = TerminalText.prefix(of: part.text, fitting: room)
                out += text
                room = text.count == part.text.count ? room - TerminalText.width(of: text) : 0
            }
        }
        return out
    }

    /// Returns the runs of text of a painted line and the codes of colours between them, which are all that drawn lines have.
    private static func parts(of line: String) -> [(text: String, isCode: Bool)] {
        var parts: [(text: String, isCode: Bool)] = []
        // By scalars: a combining mark after a code belongs to the text, not to the code's last letter.
        var rest = line.unicodeScalars[...]
        while let start = rest.firstIndex(of: "\u{1b}") {
            if start > rest.startIndex { parts.append((String(rest[..<start]), false)) }
            let end = rest[start...].firstIndex(of: "m").map { rest.index(after: $0) } ?? rest.endIndex
            parts.append((String(rest[start..<end]), true))
            rest = rest[end...]
        }
        if !rest.isEmpty { parts.append((String(rest), false)) }
        return parts
    }
}
