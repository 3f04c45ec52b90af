/// Everything about one thing, a fact a line. No value is cut, however narrow the screen is.
package struct FactList: Sendable, Equatable {
    package struct Fact: Sendable, Equatable {
        package var name: String
        /// Nil if there is none, which is shown as `-`.
        package var value: String?

        package init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    package var facts: [Fact]

    package init(_ facts: [Fact]) {
        self.facts = facts
    }

    /// Returns the facts as text; `piped` is for programs: it puts a tab between name and value, in place of a column.
    package func text(style: TerminalStyle, piped: Bool) -> String {
        let width = facts.map { TerminalText.width(of: $0.name) }.max() ?? 0
        return facts.map { fact in
            let gap = piped ? "\t" : String(repeating: " ", count: width - TerminalText.width(of: fact.name) + 2)
            let value = TerminalText.sanitized(fact.value ?? "-")
            return fact.name + gap + (style.symbols == .ascii && !piped ? TerminalText.ascii(value) : value) + "\n"
        }.joined()
    }
}
