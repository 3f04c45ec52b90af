import PurserCore
import PurserRender
import Testing

@Suite struct CostCSVTests {
    private static func report(_ names: [String?]) -> CostReport {
        var report = CostReport(
            month: CalendarMonth(year: 2026, month: 11),
            asOf: Timestamp(year: 2026, month: 11, day: 5),
            keys: [.team, .tag("a,b")],
            rows: names.map { name in
                CostReport.Row(
                    keys: [name, nil],
                    requests: 2,
                    usage: TokenUsage(input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5),
                    cost: Picodollars(1)
                )
            }
        )
        // A row of the month before alone is no row of this one.
        report.rows.append(
            .init(keys: ["gone", nil], requests: 0, usage: TokenUsage(), cost: .zero, previousCost: .cent)
        )
        return report
    }

    @Test("the rows are whole, and a reader of CSV finds every name and figure again")
    func rows() {
        let text = CostCSV.text(Self.report(["support", nil, "a \"b\", c", "=1+1", "@x", "-y"]))
        let tricks = ["=\u{fe0f}1+1", "\u{feff}=1", " =1", "\u{ff1d}1", "x;=1;y"]
        let tricky = CSVReader.read(String(CostCSV.text(Self.report(tricks)).dropFirst())).records
        let expected = tricks.dropLast().map { "'" + $0 } + ["x;=1;y"]
        #expect(tricky.dropFirst().map { $0.fields[0] } == expected)
        #expect(CostCSV.text(Self.report(tricks)).contains("\"x;=1;y\""))
        let (records, faults) = CSVReader.read(text)
        #expect(faults.isEmpty && text.hasSuffix("\r\n") && !text.contains("\u{feff}"))
        #expect(
            records.first?.fields == [
                "team", "tag:a,b", "requests", "inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens",
                "cost",
            ]
        )
        #expect(records.dropFirst().map { $0.fields[0] } == ["support", "", "a \"b\", c", "'=1+1", "'@x", "'-y"])
        for record in records.dropFirst() {
            #expect(Array(record.fields[2...]) == ["2", "1", "2", "3", "9", "0.000000000001"])
        }
    }

    @Test("text beyond ASCII is marked as UTF-8, as spreadsheets need it")
    func mark() {
        #expect(CostCSV.text(Self.report(["Zürich"])).hasPrefix("\u{feff}team,"))
    }
}
