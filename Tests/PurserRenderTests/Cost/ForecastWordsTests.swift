import PurserCore
import Testing

@testable import PurserRender

@Suite("a forecast in words")
struct ForecastWordsTests {
    private static let month = CalendarMonth(year: 2026, month: 11)
    private static let middle = Timestamp(year: 2026, month: 11, day: 16)

    @Test(
        "which ceiling is reached first, with the hour if it is soon",
        arguments: [
            (.first(.budget, at: middle + 10 * 86_400), 2, "the budget runs out first, on 26 November"),
            (.first(.quota, at: middle + 30 * 3600), 2, "the quota runs out first, on 17 November, about 06:00 UTC"),
            (.first(.budget, at: middle + 26_400), 1, "the budget runs out today, about 07:20 UTC"),
            (.reached(.quota), 2, "the quota is used up"), (.lasts, 2, "neither runs out this month"),
            (.lasts, 1, "it lasts the month"), (.unknown, 2, "no traffic yet that could use them up"),
            (.unlimited, 0, nil),
        ] as [(CeilingOutlook, Int, String?)]
    )
    func outlook(outlook: CeilingOutlook, ceilings: Int, text: String?) {
        #expect(outlook.words(Self.month, at: Self.middle, ceilings: ceilings) == text)
    }

    @Test("once the month is over, nothing runs out")
    func over() {
        let after = Timestamp(year: 2026, month: 12, day: 2)
        #expect(CeilingOutlook.lasts.words(Self.month, at: after, ceilings: 2) == "the month is over")
    }
}
