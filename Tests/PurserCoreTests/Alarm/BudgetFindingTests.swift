import PurserCore
import Testing

@Suite struct BudgetFindingTests {
    private static func dollars(_ text: String) throws -> Picodollars {
        try #require(Picodollars(dollars: text))
    }

    @Test(
        "a budget needs a person over its limit, forecast over it, or ahead of plan, and never for a share of it",
        arguments: [
            ("12.50", "19", nil), ("24.99", "25", nil), ("25", "25", nil), ("25.000001", "30", .overLimit),
            ("25.000001", nil, .overLimit), ("3", "25.01", .forecastOverLimit), ("20", "30.80", .forecastOverLimit),
            ("6.25", nil, nil), ("6.26", nil, .aheadOfPlan), ("6.26", "20", nil), ("0", nil, nil), ("0", "0", nil),
        ] as [(String, String?, BudgetFinding.Reason?)]
    )
    func reasons(actual: String, forecast: String?, expected: BudgetFinding.Reason?) throws {
        let budget = BudgetDefinition(name: "b", limit: try Self.dollars("25"))
        let (actual, forecast) = (try Self.dollars(actual), try forecast.map(Self.dollars))
        let finding = budget.finding(BudgetPosition(actual: actual, forecast: forecast, isEarly: true))
        #expect(finding?.reason == expected)
        // Once two days of the month have passed, nothing is ahead of plan.
        let later = budget.finding(BudgetPosition(actual: actual, forecast: forecast))
        #expect(later?.reason == (expected == .aheadOfPlan ? nil : expected))
        if let finding { #expect(finding.amount > finding.threshold) }
    }

    @Test("a forecast from less than two days of traffic is no reason for an alert")
    func unsure() throws {
        let month = CalendarMonth(year: 2026, month: 11)
        for (isSure, day, isEarly) in [(true, 1, false), (false, 1, true), (false, 3, false)] {
            let forecast = PeriodForecast(mean: try Self.dollars("30"), historySeconds: 7200, isSure: isSure)
            let at = Timestamp(year: 2026, month: 11, day: day, hour: 23)
            let position = BudgetPosition(month, at: at, actual: .dollar, forecast: forecast)
            #expect(position.forecast == (isSure ? forecast.mean : nil) && position.isEarly == isEarly)
        }
    }

    @Test(
        "two amounts that differ are never written alike",
        arguments: [
            ("0.112", "0.11", "$0.112", "$0.11"), ("0.107", "0.105", "$0.107", "$0.105"),
            ("25.004", "25", "$25.004", "$25.00"),
            ("25.000000000001", "25", "$25.000000000001", "$25.00"), ("3", "25", "$3.00", "$25.00"),
            ("25", "25", "$25.00", "$25.00"), ("0.000004", "25", "<$0.01", "$25.00"),
        ]
    )
    func amounts(a: String, b: String, textOfA: String, textOfB: String) throws {
        let texts = ComparedText.dollars(try Self.dollars(a), try Self.dollars(b))
        #expect(texts.0 == textOfA && texts.1 == textOfB, "\(texts)")
    }
}
