import PurserCore
import Testing

@testable import PurserRender

@Suite("the forecast of a month as text and JSON")
struct ForecastTextTests {
    private static let month = CalendarMonth(year: 2026, month: 11)
    private static let middle = Timestamp(year: 2026, month: 11, day: 16, hour: 12)

    /// Hourly traffic of 10 requests and 10 cents from `start` to the middle of November.
    private static func report(
        from start: Timestamp = Timestamp(year: 2026, month: 10, day: 20),
        scope: BudgetScope = .all,
        limit: PeriodLimit = PeriodLimit(dollars: Frames.money("50"), requests: 10_000),
        backtest: ForecastBacktest? = nil
    ) -> ForecastReport {
        let hours = Int((middle - start) / 3_600_000)
        let bins = (0..<hours).map {
            TrafficBin(start: start + $0 * 3600, seconds: 3600, requests: 10, dollars: 0.1)
        }
        let traffic = TrafficForecast(bins, at: middle)
        let period = month.start..<month.end
        let used = MonthTotal(requests: 3720, spent: Frames.money("37.2"))
        return ForecastReport(
            scope: scope,
            period: period,
            zone: .utc,
            asOf: middle,
            used: used,
            limit: limit,
            forecast: traffic.map { PeriodForecast(period, used, limit: limit, $0) },
            outlook: CeilingOutlook(period, at: middle, used, limit: limit, traffic),
            backtest: backtest
        )
    }

    private static func lines(_ report: ForecastReport) -> [String: String] {
        Dictionary(uniqueKeysWithValues: ForecastText.facts(report).facts.map { ($0.name, $0.value ?? "") })
    }

    @Test("it says what is expected, how much is known, and which limit is reached first and when")
    func facts() {
        let lines = Self.lines(Self.report())
        #expect(lines["calls"] == "all calls" && lines["spent"] == "37.20 of 50.00")
        #expect(lines["period"] == "2026-11-01 to 2026-12-01, as of 2026-11-16 12:00 UTC")
        #expect(lines["forecast"]?.hasPrefix("72.00, 80 % interval ") == true, "\(lines)")
        #expect(lines["requests expected"] == "7,200" && lines["based on"] == "27d12h of traffic", "\(lines)")
        // 12.80 dollars at 2.40 a day last five days and eight hours.
        #expect(lines["runs out"] == "dollars first, about 2026-11-21 20:00 UTC", "\(lines)")
        #expect(lines["run rate"] == "72.00")
        let requests = Self.lines(Self.report(limit: PeriodLimit(dollars: Frames.money("100"), requests: 4000)))
        #expect(requests["runs out"]?.hasPrefix("requests first, about 2026-11-17") == true, "\(requests)")
        #expect(Self.lines(Self.report(limit: PeriodLimit()))["runs out"] == "no limit is set")
    }

    @Test("with less than three whole days of traffic there is no interval, and it says so")
    func little() {
        let lines = Self.lines(Self.report(from: Self.middle - 6 * 3600, scope: .team("new\u{1b}[2J")))
        #expect(lines["forecast"] == "too little traffic (6h00m)", "\(lines)")
        #expect(lines["runs out"] == "too little traffic to say" && lines["run rate"] == "72.00", "\(lines)")
        #expect(lines["based on"] == "6h00m of traffic", "\(lines)")
        let text = ForecastText.facts(Self.report(scope: .team("new\u{1b}[2J"))).text(
            style: TerminalStyle(),
            piped: true
        )
        #expect(!text.contains("\u{1b}") && text.contains("calls\tteam new"))
        #expect(Self.lines(Self.report(from: Self.middle))["forecast"] == "no traffic to forecast from")
    }

    @Test("past months are shown by how far into the month their forecasts were made")
    func backtest() {
        let start = Timestamp(year: 2026, month: 9, day: 1)
        let bins = (0..<(30 * 24)).map {
            TrafficBin(start: start + $0 * 3600, seconds: 3600, requests: 10, dollars: 0.1)
        }
        let september = CalendarMonth(year: 2026, month: 9)
        let backtest = ForecastBacktest(bins, [september.start..<september.end])
        let report = Self.report(backtest: backtest)
        #expect(Self.lines(report)["held before"] == "100 % of 27 intervals in 1 month; it should be 80 %")
        let table = ForecastText.backtest(backtest)
        #expect(
            table.rows.count == 5 && table.rows[4].prefix(4) == ["whole month", "27", "27", "100 %"],
            "\(table.rows)"
        )
        let json = ForecastJSON.value(report, hasBacktest: true)
        #expect(json["backtest"]?["cutPoints"]?.integer == 27 && json["backtest"]?["coverage"] == .number(1))
        #expect(
            json["forecast"]?["coverage"] == .number(1) && json["forecast"]?["runsOut"]?["ceiling"]?.string == "budget"
        )
        #expect(ForecastJSON.value(Self.report(), hasBacktest: false)["backtest"] == .null)
        let none = Self.report(backtest: ForecastBacktest([], []))
        #expect(Self.lines(none)["held before"] == "no past month to compare with")
    }

    @Test("why there is no interval is said, and that there is too little traffic, in JSON too")
    func without() {
        let few = PeriodForecast(mean: Frames.money("9"), historySeconds: 600, isSure: false)
        let early = PeriodForecast(mean: Frames.money("9"), historySeconds: 200_000, isSure: true)
        let batches = PeriodForecast(mean: Frames.money("9"), historySeconds: 900_000, isSure: true, isIrregular: true)
        let words = [few, early, batches].map(\.withoutInterval)
        #expect(words[0] == "too little traffic (10m)" && words[2] == "too irregular for an interval", "\(words)")
        #expect(words[1] == "an interval needs three whole days of traffic")
        let json = ForecastJSON.value(Self.report(from: Self.middle - 600), hasBacktest: false)
        #expect(ForecastJSON.value(Self.report(), hasBacktest: false)["forecast"]?["sure"] == .bool(true))
        let little = ForecastJSON.value(Self.report(from: Self.middle - 6 * 3600), hasBacktest: false)["forecast"]
        #expect(json["forecast"] == .null && little?["sure"] == .bool(false) && little?["runsOut"] == .null)
    }

    @Test("a budget that is used up says so without a forecast")
    func usedUp() {
        let budget = Budget(scope: .team("a"), limit: Frames.money("5"))
        let used = MonthTotal(requests: 1, spent: Frames.money("5"))
        var line = BudgetLine(budget, Self.month.start..<Self.month.end, used: used, source: .store)
        line.forecast(nil, at: Self.middle)
        #expect(BudgetText.list([line]).rows[0].contains("dollars used up"))
    }
}
