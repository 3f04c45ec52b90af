import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct CostForecastCommandTests {
    private static let at = ["--at", "2026-11-16T19:00:00Z"]

    /// A store with the metrics of calls until the time of the forecasts.
    private static let calls = PreparedFolder { folder in
        try SteadyCalls.record(hours: 46 * 24 + 19, in: folder.store())
    }

    @Test("the month's forecast is shown with how often past intervals held, in text and JSON")
    func whole() throws {
        let folder = try TemporaryFolder()
        try Self.calls.copy(to: folder)
        let purser = PurserProgram(store: folder.path("purser.db"))
        let text = try purser.run(["cost", "forecast", "--backtest"] + Self.at)
        #expect(text.status == 0 && text.output.contains("calls\tall calls"), "\(text)")
        #expect(text.output.contains("whole month\t"), "\(text)")
        let json = try JSONValue(
            parsing: purser.run(["cost", "forecast", "--backtest", "--format", "json"] + Self.at).output
        )
        // A day costs $2.40; the ledger, which the month so far comes from, has no calls here.
        let mean = try #require(json["forecast"]?["mean"]?.string.flatMap(Picodollars.init(dollars:)))
        #expect(abs(mean.dollars - 2.4 * (14 + 5.0 / 24)) < 1, "\(mean)")
        let backtest = try #require(json["backtest"])
        #expect(backtest["periods"]?.array?.count == 1 && backtest["cutPoints"]?.integer == 28)
        #expect(backtest["coverage"] == json["forecast"]?["coverage"] && backtest["coverage"]?.double ?? 0 > 0.8)
        #expect(backtest["meanAbsolutePercentageError"]?.double ?? 100 < 2)
    }

    @Test("one name at a time is allowed, and options of the report are not")
    func usage() throws {
        let folder = try TemporaryFolder()
        try Self.calls.copy(to: folder)
        let purser = PurserProgram(store: folder.path("purser.db"))
        for (arguments, text) in [
            (["--team", "a", "--user", "b"], "give one of --team"), (["--month", "2026-10"], "--month is an option"),
            (["--team", ""], "argument"), (["--format", "csv"], "--format takes text or json here"),
        ] {
            let result = try purser.run(["cost", "forecast"] + arguments + Self.at)
            #expect(result.status == 64 && result.errors.contains(text), "\(arguments) \(result)")
        }
        let team = try purser.run(["cost", "forecast", "--team", "none"] + Self.at)
        #expect(team.status == 0 && team.output.contains("no traffic to forecast from"), "\(team)")
    }
}
