/// One line of the screen under construction: runs of text, each with its ink.
///
/// All output to the screen goes through it: appended text loses control characters, and the finished line is no wider
/// than the style allows, uses only the style's symbols, and has its colour switched off before the end.
struct Line: Sendable, Equatable {
    struct Run: Sendable, Equatable {
        var text: String
        var ink: Ink?
    }

    private(set) var runs: [Run] = []
    /// In terminal columns.
    private(set) var width = 0

    init() {}

    init(_ text: String, _ ink: Ink? = nil) {
        append(text, ink)
    }

    mutating func append(_ text: String, _ ink: Ink? = nil) {
        let clean = TerminalText.sanitized(text)
        guard !clean.isEmpty else { return }
        width += TerminalText.width(of: clean)
        if let last = runs.indices.last, runs[last].ink == ink {
            runs[last].text += clean
        } else {
            runs.append(Run(text: clean, ink: ink))
        }
    }

    mutating func append(_ line: Line) {
        for run in line.runs {
            append(run.text, run.ink)
        }
    }

    /// Appends blanks up to a column; does nothing if the line is already past it.
    mutating func pad(to column: Int) {
        append(String(repeating: " ", count: max(0, column - width)))
    }

    /// Returns this line, padded on the left to align it to the right of `columns`.
    func rightAligned(in columns: Int) -> Line {
        var out = Line(String(repeating: " ", count: max(0, columns - width)))
        out.append(self)
        return out
    }

    /// Returns this line cut to `columns`; its end is replaced by `…` if anything is cut off.
    func cut(to columns: Int) -> Line {
        guard width > columns else { return self }
        var out = Line()
        for run in runs {
            let room = columns - 1 - out.width
            if TerminalText.width(of: run.text) <= room {
                out.append(run.text, run.ink)
            } else {
                out.append(TerminalText.prefix(of: run.text, fitting: room) + "…", run.ink)
                break
            }
        }
        return out
    }

    /// Returns this line on lines of at most `columns`, broken at blanks where that is possible.
    func wrapped(to columns: Int) -> [Line] {
        var lines = [Line()]
        for run in runs {
            // The next word is the last of these.
            for (index, word) in run.text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
                let gap = index == 0 || lines[lines.count - 1].width == 0 ? "" : " "
                let width = TerminalText.width(of: String(word))
                if width <= columns - lines[lines.count - 1].width - gap.count {
                    lines[lines.count - 1].append(gap + word, run.ink)
                    continue
                }
                if lines[lines.count - 1].width > 0 { lines.append(Line()) }
                // The parts of a word that is longer than a line have a line each.
                var rest = width > columns ? word : ""
                var last = width > columns ? "" : String(word)
                while !rest.isEmpty {
                    if !last.isEmpty {
                        lines[lines.count - 1].append(last, run.ink)
                        lines.append(Line())
                    }
                    last = TerminalText.prefix(of: rest, fitting: columns)
                    // At least one character is taken, however wide it is.
                    if last.isEmpty { last = String(rest.prefix(1)) }
                    rest = rest.dropFirst(last.count)
                }
                lines[lines.count - 1].append(last, run.ink)
            }
        }
        return lines
    }

    /// Returns the finished line without its line feed.
    func text(in style: TerminalStyle) -> String {
        var runs = cut(to: style.width).runs
        while let last = runs.last, last.text.allSatisfy({ $0 == " " }) {
            runs.removeLast()
        }
        if let last = runs.indices.last {
            runs[last].text = String(runs[last].text.reversed().drop { $0 == " " }.reversed())
        }
        return runs.reduce(into: "") { out, run in
            let text = style.symbols == .ascii ? TerminalText.ascii(run.text) : run.text
            out += style.color ? run.ink?.painted(text) ?? text : text
        }
    }

    /// Returns a title and names with commas between them, from the column `start` on; the second and later lines begin
    /// below the first name.
    static func list(_ title: String, _ names: [String], start: Int, width: Int) -> [Line] {
        let (room, indent) = (width - start, title.count + 1)
        let fragments = names.enumerated().map { index, name in
            Line((index == 0 ? title + " " : "") + name + (index < names.count - 1 ? "," : "")).cut(to: room - indent)
        }
        return flow(fragments, width: room, separator: " ", indent: indent).map {
            $0.rightAligned(in: $0.width + start)
        }
    }

    /// Returns the fragments one after the other with `separator` between them, on as many lines as they need; the
    /// second and later lines start with `indent` blanks.
    static func flow(
        _ fragments: [Line],
        width: Int,
        separator: String = "  ",
        indent: Int = 0
    ) -> [Line] {
        var lines: [Line] = []
        for fragment in fragments where fragment.width > 0 {
            if var last = lines.last, last.width + separator.count + fragment.width <= width {
                last.append(separator)
                last.append(fragment)
                lines[lines.count - 1] = last
            } else {
                var line = Line(String(repeating: " ", count: lines.isEmpty ? 0 : indent))
                line.append(fragment)
                lines.append(line)
            }
        }
        return lines
    }
}

/// The meaning of a run of text, which decides its colour: red for what is in alarm or refused, yellow for what needs a
/// look, and one colour for each of the three series. The colour is always one of the sixteen that the user
/// configured, and it is never the only sign of the meaning.
enum Ink: Sendable, Equatable {
    case heading
    case alarm
    case warning
    case fine
    case series(SeriesInk)

    private var code: String {
        switch self {
        case .heading: "1"
        case .alarm: "1;31"
        case .warning: "33"
        case .fine: "32"
        case .series(let ink): ink.rawValue
        }
    }

    func painted(_ text: String) -> String {
        "\u{1b}[" + code + "m" + text + "\u{1b}[0m"
    }
}

extension [Line] {
    /// Returns the lines with a line feed after each.
    func text(in style: TerminalStyle) -> String {
        map { $0.text(in: style) + "\n" }.joined()
    }
}
