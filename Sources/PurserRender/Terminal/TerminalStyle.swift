/// How text is drawn: its width, its symbols, and whether it is in colour.
package struct TerminalStyle: Sendable, Equatable {
    package enum Symbols: String, Sendable, CaseIterable {
        case utf8
        /// Only printable ASCII, even in untrusted names.
        case ascii
    }

    package enum ColorChoice: String, Sendable, CaseIterable {
        case auto
        case always
        case never
    }

    package static let widths = 20...1000

    /// In terminal columns; no drawn line is wider.
    package var width: Int
    package var symbols: Symbols
    package var color: Bool

    /// `width` is clamped to ``widths``.
    package init(width: Int = 100, symbols: Symbols = .utf8, color: Bool = false) {
        self.width = min(max(width, Self.widths.lowerBound), Self.widths.upperBound)
        self.symbols = symbols
        self.color = color
    }

    /// Chooses a style from a command's flags, the environment and the terminal, in this order of precedence.
    ///
    /// - Parameters:
    ///   - width: The flag `--width`; without it COLUMNS, then the terminal's width, then 100.
    ///   - symbols: The flag `--symbols`; without it ASCII if the locale is not UTF-8 or TERM is `dumb` or `linux`.
    ///   - color: The flag `--color`; `auto` uses FORCE_COLOR and CLICOLOR_FORCE, NO_COLOR, TERM and the stream.
    ///   - isTerminal: Whether the output stream is a terminal.
    ///   - terminalWidth: The terminal's columns; nil if unknown.
    package init(
        width: Int?,
        symbols: Symbols?,
        color: ColorChoice,
        environment: [String: String],
        isTerminal: Bool,
        terminalWidth: Int?
    ) {
        let columns = environment["COLUMNS"].flatMap { Int($0) }
        let wanted = [width, columns, terminalWidth].compactMap { $0 }.first { $0 > 0 }
        self.init(
            width: wanted ?? 100,
            symbols: symbols ?? Self.symbols(in: environment),
            color: Self.isColored(color, environment, isTerminal: isTerminal)
        )
    }

    private static func symbols(in environment: [String: String]) -> Symbols {
        if let term = environment["TERM"], term == "dumb" || term == "linux" { return .ascii }
        // POSIX: the first of these that is set and not empty decides; without any, the locale is "C".
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        let name = locale.uppercased()
        return name.contains("UTF-8") || name.contains("UTF8") ? .utf8 : .ascii
    }

    private static func isColored(
        _ choice: ColorChoice,
        _ environment: [String: String],
        isTerminal: Bool
    ) -> Bool {
        switch choice {
        case .always: return true
        case .never: return false
        case .auto:
            let isForced = ["FORCE_COLOR", "CLICOLOR_FORCE"].contains { name in
                environment[name].map { !$0.isEmpty && $0 != "0" } ?? false
            }
            if isForced { return true }
            if environment["NO_COLOR"].map({ !$0.isEmpty }) ?? false { return false }
            return environment["TERM"] != "dumb" && isTerminal
        }
    }
}
