import PurserRender
import Testing

@Suite("the style of a terminal")
struct TerminalStyleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var width: Int?
        var symbols: TerminalStyle.Symbols?
        var color = TerminalStyle.ColorChoice.auto
        var environment: [String: String] = [:]
        var isTerminal = true
        var terminalWidth: Int?
        var expected: TerminalStyle

        init(
            _ name: String,
            width: Int? = nil,
            symbols: TerminalStyle.Symbols? = nil,
            color: TerminalStyle.ColorChoice = .auto,
            _ environment: [String: String] = [:],
            isTerminal: Bool = true,
            terminalWidth: Int? = nil,
            is expected: TerminalStyle
        ) {
            testDescription = name
            self.width = width
            self.symbols = symbols
            self.color = color
            self.environment = environment
            self.isTerminal = isTerminal
            self.terminalWidth = terminalWidth
            self.expected = expected
        }
    }

    private static func style(_ width: Int, _ symbols: TerminalStyle.Symbols, _ color: Bool) -> TerminalStyle {
        TerminalStyle(width: width, symbols: symbols, color: color)
    }

    static let utf8 = ["LANG": "en_US.UTF-8", "TERM": "xterm-256color"]

    static let widths = [
        Case("100 by default", utf8, is: style(100, .utf8, true)),
        Case("the terminal's own width", utf8, terminalWidth: 132, is: style(132, .utf8, true)),
        Case(
            "COLUMNS overrides the terminal",
            utf8.merging(["COLUMNS": "90"]) { $1 },
            terminalWidth: 132,
            is: style(90, .utf8, true)
        ),
        Case(
            "the flag overrides COLUMNS",
            width: 72,
            utf8.merging(["COLUMNS": "90"]) { $1 },
            is: style(72, .utf8, true)
        ),
        Case("COLUMNS is not a number", utf8.merging(["COLUMNS": "wide"]) { $1 }, is: style(100, .utf8, true)),
        Case("COLUMNS is zero", utf8.merging(["COLUMNS": "0"]) { $1 }, terminalWidth: 0, is: style(100, .utf8, true)),
        Case("a width of one is raised to the minimum", width: 1, utf8, is: style(20, .utf8, true)),
    ]

    static let symbols = [
        Case("no locale means the C locale", ["TERM": "xterm"], is: style(100, .ascii, true)),
        Case("LC_ALL overrides LANG", ["LC_ALL": "C", "LANG": "en_US.UTF-8"], is: style(100, .ascii, true)),
        Case("LC_CTYPE overrides LANG", ["LC_CTYPE": "C.utf8", "LANG": "C"], is: style(100, .utf8, true)),
        Case("an empty LC_ALL is ignored", ["LC_ALL": "", "LANG": "de_DE.UTF-8"], is: style(100, .utf8, true)),
        Case("the Linux console", ["LANG": "C.UTF-8", "TERM": "linux"], is: style(100, .ascii, true)),
        Case("a dumb terminal", ["LANG": "C.UTF-8", "TERM": "dumb"], is: style(100, .ascii, false)),
        Case("the flag overrides everything", symbols: .utf8, ["TERM": "dumb"], is: style(100, .utf8, false)),
    ]

    static let colors = [
        Case("no colour in a pipe", utf8, isTerminal: false, is: style(100, .utf8, false)),
        Case("always", color: .always, utf8, isTerminal: false, is: style(100, .utf8, true)),
        Case("never", color: .never, utf8.merging(["FORCE_COLOR": "1"]) { $1 }, is: style(100, .utf8, false)),
        Case("NO_COLOR", utf8.merging(["NO_COLOR": "1"]) { $1 }, is: style(100, .utf8, false)),
        Case("an empty NO_COLOR is ignored", utf8.merging(["NO_COLOR": ""]) { $1 }, is: style(100, .utf8, true)),
        Case(
            "FORCE_COLOR overrides NO_COLOR and the pipe",
            utf8.merging(["NO_COLOR": "1", "FORCE_COLOR": "1"]) { $1 },
            isTerminal: false,
            is: style(100, .utf8, true)
        ),
        Case(
            "FORCE_COLOR=0 forces nothing",
            utf8.merging(["FORCE_COLOR": "0"]) { $1 },
            isTerminal: false,
            is: style(100, .utf8, false)
        ),
        Case(
            "CLICOLOR_FORCE",
            ["LANG": "C.UTF-8", "TERM": "dumb", "CLICOLOR_FORCE": "1"],
            isTerminal: false,
            is: style(100, .ascii, true)
        ),
    ]

    @Test("flags override the environment, which overrides the terminal", arguments: widths + symbols + colors)
    func resolves(_ test: Case) {
        let style = TerminalStyle(
            width: test.width,
            symbols: test.symbols,
            color: test.color,
            environment: test.environment,
            isTerminal: test.isTerminal,
            terminalWidth: test.terminalWidth
        )
        #expect(style == test.expected)
    }
}
