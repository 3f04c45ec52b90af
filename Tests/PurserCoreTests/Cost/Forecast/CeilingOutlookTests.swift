import PurserCore
import Testing

@Suite("which ceiling is reached first")
struct CeilingOutlookTests {
    private static let month = CalendarMonth(year: 2026, month: 11)
    private static let middle = Timestamp(year: 2026, month: 11, day: 16)

    /// Ten requests and ten cents an hour for five days.
    private static var traffic: TrafficForecast? {
        let bins = (0..<120).map {
            TrafficBin(start: middle - 432_000 + $0 * 3600, seconds: 3600, requests: 10, dollars: 0.1)
        }
        return TrafficForecast(bins, at: middle)
    }

    private static func outlook(
        _ spent: String?,
        of limit: String = "25",
        _ requests: Int? = nil,
        share: Double = 1,
        _ traffic: TrafficForecast? = traffic,
        at: Timestamp = middle
    ) throws -> CeilingOutlook {
        let money = { (text: String) in try #require(Picodollars(dollars: text)) }
        return CeilingOutlook(
            month.start..<month.end,
            at: at,
            MonthTotal(requests: requests ?? 0, spent: try spent.map(money) ?? .zero),
            limit: PeriodLimit(
                dollars: try spent == nil ? nil : money(limit),
                requests: requests == nil ? nil : 10_000,
                share: share
            ),
            traffic
        )
    }

    @Test("the ceiling that is reached first at the present rate, with its time")
    func first() throws {
        // 10 dollars at 2.40 a day last four days and four hours, 1,000 requests at 240 a day as long.
        #expect(try Self.outlook("15", 8900) == .first(.budget, at: Self.middle + 360_000))
        #expect(try Self.outlook("14", 9000) == .first(.quota, at: Self.middle + 360_000))
        // Half of the calls count towards the quota.
        #expect(try Self.outlook("1", 9000, share: 0.5) == .first(.quota, at: Self.middle + 720_000))
        #expect(try Self.outlook(nil, 9000) == .first(.quota, at: Self.middle + 360_000))
    }

    @Test("what is reached, what lasts, and what is not known")
    func others() throws {
        #expect(try Self.outlook("25", 10_000) == .reached(.budget) && Self.outlook("1", 10_000) == .reached(.quota))
        #expect(try Self.outlook("1", of: "100", 1) == .lasts)
        #expect(try Self.outlook(nil) == .unlimited)
        #expect(try Self.outlook("1", 1, nil) == .unknown)
        #expect(try Self.outlook("1", 1, at: Self.month.end) == .lasts)
    }
}
