import Testing

@testable import PurserRender

@Suite("safe text and its width")
struct TerminalTextTests {
    @Test("control characters and bidirectional overrides are removed, everything else is kept")
    func sanitizes() {
        let hostile = "a\u{1b}[31mb\u{7}\u{8}\r\n\tc\u{9b}2Jd\u{7f}\u{202e}e\u{2066}f\u{2028}é日"
        #expect(TerminalText.sanitized(hostile) == "a[31mbc2Jdefé日")
        #expect(TerminalText.sanitized("plain") == "plain")
    }

    @Test(
        "wide characters take two columns, and combining marks take none",
        arguments: [
            ("latency", 7), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한", 2), ("ｗ", 2), ("😀", 2), ("✓", 1), ("", 0),
            ("a\u{200b}b", 2), ("▁█⠤┤", 4),
        ]
    )
    func measures(text: String, width: Int) {
        #expect(TerminalText.width(of: text) == width)
    }

    @Test(
        "a truncated text ends in an ellipsis and never exceeds the width",
        arguments: [
            ("latency-p99", 7, "latenc…"), ("日本語", 4, "日…"), ("日本語", 6, "日本語"), ("abc", 1, "…"), ("abc", 0, ""),
        ]
    )
    func cuts(text: String, columns: Int, expected: String) {
        #expect(TerminalText.cut(text, to: columns) == expected)
        #expect(TerminalText.width(of: expected) <= columns)
    }

    @Test("cells that would look alike when their ends are cut are cut in the middle, such as ARNs")
    func arns() {
        let start = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/"
        let cut = ["crew1", "crew2"].map { TerminalText.cutMiddle(of: start + $0, to: 28) }
        #expect(cut == ["arn:aws:b…ence-profile/crew1", "arn:aws:b…ence-profile/crew2"])
        #expect(TerminalText.cutMiddle(of: start, to: start.count) == start)
        #expect((0...3).map { TerminalText.cutMiddle(of: "arn:aws", to: $0) } == ["", "…", "a…", "a…s"])
        let table = TextTable(
            [.init("MODEL", leastWidth: 28)],
            rows: [[start + "crew1"], [start + "crew2"]]
        )
        #expect(Set(table.lines(width: 40).map { $0.text(in: TerminalStyle()) }).count == 3)
    }

    @Test("ASCII keeps the width of characters that it cannot show")
    func ascii() {
        #expect(TerminalText.ascii("日e\u{301}…") == "??e~")
    }

    @Test("a line is cut across its runs, and coloured runs are closed")
    func line() {
        var line = Line("abc", .alarm)
        line.append("def", .series(.blue))
        #expect(line.cut(to: 5).text(in: TerminalStyle()) == "abcd…")
        #expect(line.cut(to: 3).text(in: TerminalStyle()) == "ab…")
        #expect(line.cut(to: 6) == line)
        #expect(line.text(in: TerminalStyle(color: true)) == "\u{1b}[1;31mabc\u{1b}[0m\u{1b}[34mdef\u{1b}[0m")
    }

    @Test("a word that is longer than a line is broken, and the words around it are kept")
    func longWords() {
        let lines = Line("ab " + String(repeating: "x", count: 25) + " cd 漢漢漢漢漢漢").wrapped(to: 10)
        #expect(
            lines.map { $0.runs.map(\.text).joined() }
                == ["ab", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxx cd", "漢漢漢漢漢", "漢"]
        )
        let long = Line(String(repeating: "é", count: 200_000)).wrapped(to: 60)
        #expect(long.count == 3334 && long.allSatisfy { $0.width <= 60 })
    }
}
