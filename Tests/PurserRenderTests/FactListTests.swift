import PurserRender
import Testing

@Suite struct FactListTests {
    private static let list = FactList([
        .init("model", "us.amazon.nova-lite-v1:0 with \u{1B}[31man escape…"), .init("access key", nil),
    ])

    @Test("facts are whole at any width, and a fact without a value is there")
    func text() {
        let narrow = TerminalStyle(width: 10, symbols: .utf8, color: false)
        #expect(
            Self.list.text(style: narrow, piped: false) == """
                model       us.amazon.nova-lite-v1:0 with [31man escape…
                access key  -

                """
        )
        let ascii = TerminalStyle(width: 10, symbols: .ascii, color: false)
        #expect(
            Self.list.text(style: ascii, piped: false).hasPrefix(
                "model       us.amazon.nova-lite-v1:0 with [31man escape~\n"
            )
        )
    }

    @Test("for programs, a tab separates name and value")
    func piped() {
        let style = TerminalStyle(width: 10, symbols: .ascii, color: false)
        #expect(Self.list.text(style: style, piped: true).hasSuffix("escape…\naccess key\t-\n"))
    }
}
