import PurserCore
import Testing

@testable import PurserRender

@Suite("properties of every cost report")
struct CostTextTests {
    @Test("no line is wider than requested", arguments: [60, 72, 80, 100, 120, 200])
    func width(width: Int) {
        for seed in UInt64(1)...60 {
            for symbols in TerminalStyle.Symbols.allCases {
                let report = RandomFrame.report(seed: seed)
                let text = CostText.render(report, style: TerminalStyle(width: width, symbols: symbols))
                let widest = text.split(separator: "\n").map { TerminalText.width(of: String($0)) }.max() ?? 0
                #expect(widest <= width, "seed \(seed)")
                #expect(!text.contains("\u{1b}"), "seed \(seed)")
            }
        }
    }

    @Test("in a pipe no name is cut")
    func whole() throws {
        let reports = (1...50).map { RandomFrame.report(seed: $0) }
        var report = try #require(reports.first { !$0.rows.isEmpty && !$0.keys.isEmpty })
        let name = "us.amazon." + String(repeating: "long-", count: 40) + "v1:0"
        report.rows[0].keys = report.rows[0].keys.map { _ in name }
        let style = TerminalStyle(width: 60)
        #expect(!CostText.render(report, style: style).contains(name))
        #expect(CostText.render(report, style: style, isTableCut: false).contains(name))
    }

    @Test("the printed rows add up to the printed total, to the cent")
    func addsUp() throws {
        for seed in UInt64(1)...200 {
            let report = RandomFrame.report(seed: seed)
            let costs = CostText(report: report, style: TerminalStyle()).table
            let column = try #require(costs.columns.firstIndex { $0.title == "Cost" })
            let rows = try costs.rows.map {
                try #require(Picodollars(dollars: $0[column].replacing("<0.01", with: "0")))
            }
            let total = try #require(costs.footer)[column].replacing("<0.01", with: "0")
            #expect(rows.reduce(.zero, +) == Picodollars(dollars: total), "seed \(seed)")
        }
    }

    @Test("what is not live adds up, with what is, to the amount as it is printed")
    func nonLive() {
        let cost = NonLiveCost(imported: Picodollars(5_000_000_000), simulated: Picodollars(5_000_000_000))
        // Half a cent each, and half a cent of live calls, print as 0.02.
        #expect(cost.note(of: Picodollars(15_000_000_000)) == "of it $0.01 imported and <$0.01 simulated")
        #expect(cost.note(of: Picodollars(10_000_000_000)) == "of it $0.01 imported and <$0.01 simulated")
        #expect(cost.parts == "$0.01 imported and <$0.01 simulated")
        #expect(NonLiveCost().note(of: Picodollars(1)) == nil)
    }

    @Test("a forecast says how little it knows, or its range, and how far it is from the budget")
    func forecast() throws {
        var report = CostGoldenTests.report()
        report.forecast = PeriodForecast(mean: Frames.money("26.6"), historySeconds: 5 * 3600, isSure: false)
        #expect(Self.row(report, "Forecast") == "Forecast 26.60 from 5h00m of traffic; 1.60 over budget")
        report.forecast?.isSure = true
        report.forecast?.low = Frames.money("25.314")
        report.forecast?.high = Frames.money("27.8")
        #expect(Self.row(report, "Forecast") == "Forecast 26.60 80 % interval 25.31 to 27.80; 1.60 over budget")
        let json = try #require(CostJSON.value(report)["forecast"])
        #expect(json["mean"] == "26.600000000000" && json["low"] == "25.314000000000" && json["high"]?.string != nil)
    }

    private static func row(_ report: CostReport, _ name: String) -> String {
        let lines = CostText.render(report, style: TerminalStyle()).split(separator: "\n")
        return lines.first { $0.hasPrefix(name) }?.split(separator: " ").joined(separator: " ") ?? ""
    }

    @Test("before there is traffic, nothing is forecast")
    func early() {
        var report = CostGoldenTests.report()
        report.forecast = nil
        report.budget = nil
        report.pricesRetrieved = nil
        let text = CostText.render(report, style: TerminalStyle())
        #expect(text.contains("no traffic to forecast from"))
        #expect(text.contains("none set"))
        #expect(text.contains("USD, list prices, before tax"))
        #expect(CostJSON.value(report)["forecast"] == .null)
        #expect(CostJSON.value(report)["budget"] == .null)
    }

    @Test("a month that is over has a total but no forecast")
    func over() {
        var report = CostGoldenTests.report()
        report.asOf = Timestamp(year: 2026, month: 12, day: 5)
        let text = CostText.render(report, style: TerminalStyle())
        #expect(text.contains("2026-11-01 to 2026-12-01 00:00 UTC"))
        #expect(text.contains("whole month, 30 days"))
        #expect(!text.contains("Forecast"))
        #expect(!text.contains("today partial"))
        #expect(text.contains("5.44 below budget"))
    }

    @Test("refused calls without a price are counted in the report")
    func unpriced() {
        var report = CostGoldenTests.report()
        report.unpricedRequests = 3
        let text = CostText.render(report, style: TerminalStyle())
        #expect(text.contains("Unpriced requests: 3 of 8,123 (refused, in no row)."))
        #expect(CostJSON.value(report)["unpriced"] == 3)
    }

    @Test("a month without calls says so")
    func nothing() {
        var report = CostGoldenTests.report()
        report.rows = []
        report.daily = []
        let text = CostText.render(report, style: TerminalStyle())
        #expect(text.contains("No settled calls in this month."))
    }
}
