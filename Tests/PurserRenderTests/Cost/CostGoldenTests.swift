import PurserCore
import PurserRender
import Testing

@Suite("the cost report")
struct CostGoldenTests {
    /// Returns a report of three rows whose cents, each rounded alone, would add up to 19.55 instead of the total of 19.56.
    static func report() -> CostReport {
        let days = [
            "0.71", "0.95", "0.97", "0.93", "0.99", "1.02", "0.42", "0.38", "0.98", "0.96", "1.01", "0.97", "1.05",
            "0.41",
            "0.44", "0.99", "1.03", "1.02", "1.04", "1.00", "0.55", "0.58", "0.162361270000",
        ]
        var report = CostReport(
            month: CalendarMonth(year: 2026, month: 11),
            asOf: Timestamp(year: 2026, month: 11, day: 23, hour: 14, minute: 30),
            keys: [.team, .model],
            rows: Self.rows
        )
        report.successfulRequests = 7911
        report.activeUsers = 41
        report.estimatedRequests = 3
        report.estimatedCost = Frames.money("0.0112")
        report.openRequests = 2
        report.held = Frames.money("0.0412")
        report.budget = Frames.money("25")
        let day = Timestamp(year: 2026, month: 11, day: 15)
        report.pricesRetrieved = day...day
        report.daily = days.map(Frames.money)
        report.unpricedRequests = 0
        report.waste.failed = Frames.money("0.0831")
        report.waste.retries = Frames.money("0.0112")
        report.cache.inputTokens = 22_792_633
        report.cache.readTokens = 1_140_000
        report.cache.saved = Frames.money("0.0513")
        report.cache.writeCost = Frames.money("0.00525")
        for (index, cost) in ["9.51", "8.004", "0"].enumerated() {
            report.rows[index].previousCost = Frames.money(cost)
        }
        report.previous = CostReport.Previous(
            period: Timestamp(
                year: 2026,
                month: 10,
                day: 1
            )..<Timestamp(year: 2026, month: 10, day: 23, hour: 14, minute: 30),
            total: Frames.money("17.514"),
            requests: 7040,
            change: CostChange(
                total: Frames.money("2.048361270000"),
                volume: Frames.money("2.660000000000"),
                price: .zero - Frames.money("0.511638730000"),
                mix: .zero - Frames.money("0.100000000000")
            )
        )
        report.forecast = PeriodForecast(
            mean: Frames.money("26.6"),
            low: Frames.money("25.31"),
            high: Frames.money("27.80"),
            probabilityOver: 0.96,
            historySeconds: 22 * 86_400,
            isSure: true
        )
        report.outlook = .first(.budget, at: Timestamp(year: 2026, month: 11, day: 28, hour: 6))
        return report
    }

    private static var rows: [CostReport.Row] {
        let row = { (keys: [String?], requests: Int, usage: TokenUsage, cost: String) in
            CostReport.Row(keys: keys, requests: requests, usage: usage, cost: Frames.money(cost))
        }
        return [
            row(
                ["support", "us.amazon.nova-lite-v1:0"],
                6204,
                TokenUsage(input: 18_402_113, output: 2_310_877, cacheRead: 1_140_000),
                "12.334120423333"
            ),
            row(
                ["search", "us.anthropic.claude-haiku-4-5-20251001-v1:0"],
                1811,
                TokenUsage(input: 3_220_400, output: 611_020, cacheRead: 0, cacheWrite5m: 21_000),
                "7.224120423333"
            ),
            row([nil, "us.amazon.nova-lite-v1:0"], 105, TokenUsage(input: 9120, output: 702), "0.004120423334"),
        ]
    }

    @Test("rows add up to the total, to the cent", arguments: [100, 60])
    func text(width: Int) throws {
        let text = CostText.render(Self.report(), style: TerminalStyle(width: width))
        try expectGolden(text, "cost-\(width).txt")
    }

    @Test("the report as JSON")
    func json() throws {
        try expectGolden(CostJSON.value(Self.report()).text(indented: true) + "\n", "cost.json")
    }
}
