import PurserCore
import Testing

@testable import PurserRender

@Suite("which ceiling is reached first")
struct BudgetOutlookTests {
    /// Half of a month of thirty days has passed.
    private static let month = CalendarMonth(year: 2026, month: 11)
    private static let middle = Timestamp(year: 2026, month: 11, day: 16)

    private static func cost(
        _ spent: String,
        of limit: String?,
        _ requests: Int,
        of quota: Int?,
        at: Timestamp = middle
    )
        -> DashFrame.CostPanel
    {
        let spent = Frames.money(spent)
        return .init(
            month: month,
            spent: spent,
            held: .zero,
            limit: limit.map(Frames.money),
            requests: requests + 1,
            quotaRequests: requests,
            quota: quota,
            runRate: CostReport.runRate(spent: spent, month: month, asOf: at)
        )
    }

    @Test(
        "the outlook in words",
        arguments: [
            (cost("15", of: "25", 4000, of: 10_000), "the budget runs out first, on 26 November"),
            (cost("10", of: "25", 7500, of: 10_000), "the quota runs out first, on 21 November"),
            (cost("15", of: "25", 10_000, of: 10_000), "the quota is used up"),
            (cost("25", of: "25", 100, of: nil), "the budget is used up"),
            (cost("10", of: "25", 100, of: 10_000), "neither budget nor quota runs out at the month's average"),
            (cost("10", of: "25", 100, of: nil), "the budget lasts at the month's average"),
            (cost("24.5", of: "25", 100, of: nil), "the budget runs out today, about 07:20 UTC"),
            (cost("0", of: "25", 0, of: 10_000), "neither budget nor quota runs out at the month's average"),
            (cost("10", of: nil, 100, of: nil), nil),
        ] as [(DashFrame.CostPanel, String?)]
    )
    func words(cost: DashFrame.CostPanel, text: String?) {
        #expect(BudgetOutlook(cost, at: Self.middle).text(at: Self.middle, month: Self.month) == text)
    }

    @Test("before the third day, no date is given")
    func tooEarly() {
        let early = Timestamp(year: 2026, month: 11, day: 2, hour: 23)
        let outlook = BudgetOutlook(Self.cost("5", of: "25", 100, of: 10_000, at: early), at: early)
        #expect(outlook.finding == .tooEarly)
    }

    @Test("once the month is over, nothing runs out")
    func over() {
        let after = Timestamp(year: 2026, month: 12, day: 2)
        let outlook = BudgetOutlook(Self.cost("24.99", of: "25", 100, of: 10_000, at: after), at: after)
        #expect(outlook.finding == .lasts)
        #expect(outlook.text(at: after, month: Self.month) == "the month is over")
    }
}
