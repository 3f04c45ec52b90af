import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// The forecast of one name's month.
@Suite struct ForecastReportTests {
    private typealias Calls = BudgetForecastTests

    private static func report(_ store: Store, hours: Int, of scope: BudgetScope = .team("support")) throws
        -> ForecastReport
    {
        try ForecastReport(
            of: scope,
            asOf: Calls.start + hours * Calls.hour,
            from: MetricReader(store: store, quota: nil),
            isCompared: false
        )
    }

    @Test("what a name has spent is counted, whatever budgets limit it")
    func spent() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let caller = Caller(user: "ada", team: "support", application: "app", session: "a")
        try Calls.call(0..<100, caller, in: store)
        for scope in [.team("support"), .user("ada"), .application("app"), .session("a")] as [BudgetScope] {
            let report = try Self.report(store, hours: 100, of: scope)
            #expect(report.used.spent.cents == "1.00" && report.used.requests == 100 && report.limit.dollars == nil)
            // 15 days of 24 cents.
            #expect(abs((report.forecast?.mean.dollars ?? 0) - 3.6) < 0.1, "\(report)")
        }
        try Calls.set(.team("support"), .day, "7", in: store)
        let day = try Self.report(store, hours: 100)
        #expect(day.used.spent.cents == "1.00" && day.limit.dollars == nil)
        let berlin = try #require(ClockZone("Europe/Berlin"))
        let limit = try PurserFixture.dollars("5")
        try store.setBudget(Budget(scope: .each(.team), window: .month, zone: berlin, limit: limit), at: Calls.start)
        let each = try Self.report(store, hours: 100)
        #expect(each.used.spent.cents == "1.00" && each.limit.dollars == limit && each.zone == berlin)
        try Calls.set(.team("support"), .month, "9", in: store)
        let own = try Self.report(store, hours: 100)
        #expect(own.used.spent.cents == "1.00" && own.limit.dollars?.cents == "9.00" && own.zone == .utc)
    }

    @Test("calls after the time of a forecast are not spent yet")
    func past() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Calls.set(.team("support"), .month, "9", in: store)
        try Calls.call(0..<100, Caller(team: "support"), in: store)
        let report = try Self.report(store, hours: 60)
        #expect(report.used.spent.cents == "0.60" && report.used.requests == 60)
    }

    @Test("the forecast of all calls names the limits that the store sets")
    func limits() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Calls.call(0..<60, Caller(team: "support"), in: store)
        let reader = MetricReader(store: store, quota: 500)
        let at = Calls.start + 60 * Calls.hour
        let file = try PurserFixture.dollars("25")
        let before = try ForecastReport(asOf: at, from: reader, budget: file)
        #expect(before.limit == PeriodLimit(dollars: file, requests: 500))
        let budget = Budget(scope: .all, window: .month, limit: try PurserFixture.dollars("75"), requests: 9000)
        try store.setBudget(budget, at: at)
        let after = try ForecastReport(asOf: at, from: reader, budget: file)
        #expect(after.limit == PeriodLimit(dollars: budget.limit, requests: 9000))
    }
}
