import PurserRender
import Testing

@Suite("tables")
struct TextTableTests {
    private let table = TextTable(
        [.init("NAME", leastWidth: 10), .init("STATE"), .init("NOTE", dropRank: 1), .init("N", .trailing)],
        rows: [["latency-p99-of-the-chat", "ALARM", "see the runbook", "412"], ["ok", "OK", "", "7"]]
    )

    @Test("on a terminal columns are padded and numbers are right-aligned")
    func terminal() {
        let text = table.text(style: TerminalStyle(width: 60), piped: false)
        #expect(
            text == """
                NAME                     STATE  NOTE               N
                latency-p99-of-the-chat  ALARM  see the runbook  412
                ok                       OK                        7

                """
        )
    }

    @Test("a narrow table first cuts the columns that may be cut, then leaves out those that may be left out")
    func narrow() {
        let cut = table.text(style: TerminalStyle(width: 42), piped: false)
        #expect(cut.split(separator: "\n")[1] == "latency-p99-…  ALARM  see the runbook  412")
        let dropped = table.text(style: TerminalStyle(width: 30), piped: false)
        #expect(dropped.split(separator: "\n")[1] == "latency-p99-of-th…  ALARM  412")
        let bare = table.text(style: TerminalStyle(width: 20), piped: false)
        #expect(bare.split(separator: "\n")[1] == "latency…  ALARM  412")
    }

    @Test("piped output has tabs, no header, untruncated cells, and no control characters from cells")
    func piped() {
        var table = table
        table.rows.append(["a\tb\nc", "\u{1b}[2J", "日本語", "1"])
        let text = table.text(style: TerminalStyle(width: 20, symbols: .ascii, color: true), piped: true)
        #expect(text == "latency-p99-of-the-chat\tALARM\tsee the runbook\t412\nok\tOK\t\t7\nabc\t[2J\t日本語\t1\n")
    }

    @Test("wide characters do not shift the columns after them")
    func wide() {
        let table = TextTable([.init("K"), .init("V")], rows: [["日本", "1"], ["ab", "2"]])
        #expect(table.text(style: TerminalStyle(), piped: false) == "K     V\n日本  1\nab    2\n")
    }
}
