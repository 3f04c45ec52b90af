import ArgumentParser
import Foundation
package import PurserRender

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How text is drawn.
struct DrawingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: .init("The width in columns; default: COLUMNS, the terminal's width, or 100.", valueName: "columns")
    )
    var width: Int?

    @Option(name: .long, help: "utf8 or ascii.")
    var symbols: TerminalStyle.Symbols?

    @Option(name: .long, help: "auto, always or never (NO_COLOR, FORCE_COLOR).")
    var color: TerminalStyle.ColorChoice = .auto

    func validate() throws {
        if let width, !(40...1000).contains(width) { throw ValidationError("--width must be 40 to 1000 columns") }
    }

    func style(_ environment: [String: String]) -> TerminalStyle {
        TerminalStyle(
            width: width,
            symbols: symbols,
            color: color,
            environment: environment,
            isTerminal: Self.isTerminal,
            terminalWidth: Self.terminalWidth
        )
    }

    /// Whether tables in the middle of a text are cut to the width; in a pipe, they are not unless a width is given.
    var cutsTables: Bool {
        Self.isTerminal || width != nil
    }

    /// Returns a table in the format for people or, through a pipe, for programs.
    func text(_ table: TextTable, _ environment: [String: String]) -> String {
        table.text(style: style(environment), piped: !Self.isTerminal)
    }

    /// Writes a list to stdout. If it has no rows, nothing is written there, and stderr says what there is none of.
    func show(_ table: TextTable, _ environment: [String: String], ifEmpty note: String) {
        if table.rows.isEmpty {
            say(note)
        } else {
            PurserCLI.show(text(table, environment))
        }
    }

    /// Whether stdout is a terminal.
    static var isTerminal: Bool {
        isatty(STDOUT_FILENO) == 1
    }

    /// The columns of the terminal: of stdout or, if that is a pipe into a pager, of another stream that is on one.
    static var terminalWidth: Int? {
        [STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO].lazy.compactMap { stream in
            var size = winsize()
            guard ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
            return Int(size.ws_col)
        }.first
    }
}

extension TerminalStyle.Symbols: ExpressibleByArgument {}
extension TerminalStyle.ColorChoice: ExpressibleByArgument {}
