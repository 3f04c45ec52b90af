import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// The forecasts of the store's budgets, and what `evaluate` reports of them.
@Suite struct BudgetForecastTests {
    /// Monday, 16 November 2026.
    static let start = Timestamp(year: 2026, month: 11, day: 16)
    static let hour = 3600

    /// Makes a call of a cent an hour, from `start` on.
    static func call(
        _ hours: Range<Int>,
        _ caller: Caller,
        dollars: String = "0.01",
        in store: Store
    ) throws {
        let cost = try PurserFixture.dollars(dollars)
        for number in hours {
            let time = start + number * hour + 60
            try PurserFixture.call(
                "\(caller.team ?? "")-\(number)",
                at: time,
                settled: time + 1,
                cost: cost,
                caller: caller,
                isUnlimited: true,
                in: store
            )
        }
    }

    static func set(_ scope: BudgetScope, _ window: BudgetWindow, _ dollars: String?, in store: Store) throws {
        let limit = try dollars.map(PurserFixture.dollars)
        try store.setBudget(
            Budget(scope: scope, window: window, limit: limit, requests: dollars == nil ? 200 : nil),
            at: start
        )
    }

    static func run(_ store: Store, hours: Int, seconds: Int = 0) throws -> EvaluationRun {
        let time = start + hours * hour + seconds
        return try #require(try PurserFixture.evaluator(store, []).run(at: time, ran: time))
    }

    private static func lines(_ store: Store, hours: Int) throws -> [BudgetLine] {
        let at = start + hours * hour
        var lines = try store.budgetLines(at: at, limit: nil, quota: nil)
        try MetricReader(store: store, quota: nil).addForecasts(to: &lines, at: at)
        return lines
    }

    @Test("a forecast above the limit is reported once a period, from three whole days of traffic on")
    func forecasted() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let support = Caller(team: "support")
        // A week at a cent an hour costs $1.68.
        try Self.set(.team("support"), .week, "1.20", in: store)
        try Self.set(.team("support"), .hour, "5", in: store)
        try Self.set(.all, .month, "100", in: store)
        try Self.call(0..<47, support, in: store)
        let early = try Self.run(store, hours: 47)
        #expect(early.queued == 0 && early.limits.allSatisfy { $0.forecast == nil })
        try Self.call(47..<72, support, in: store)
        // The mean alone is no reason for a notice: without an interval, it may be a batch.
        let mean = try Self.run(store, hours: 50)
        #expect(mean.limits.flatMap(\.newlyCrossed).isEmpty && mean.limits.contains { $0.forecast != nil })
        let run = try Self.run(store, hours: 72)
        let crossed = run.limits.flatMap(\.newlyCrossed)
        #expect(crossed.map(\.kind) == [.forecasted] && run.queued == 0)
        let week = try #require(run.limits.first { $0.definition.name == "team support, week" })
        let forecast = try #require(week.forecast)
        #expect(abs(forecast.dollars - 1.68) < 0.1, "\(forecast)")
        // An hour's forecast is not compared.
        #expect(run.limits.filter { $0.definition.name.hasSuffix("hour") }.allSatisfy { $0.forecast == nil })
        #expect(run.limits.first { $0.definition.name == "all calls, month" }?.forecast != nil)
        // The forecast falls below the limit and rises above it again on another day.
        #expect(try Self.run(store, hours: 74).limits.flatMap(\.newlyCrossed).isEmpty)
        try Self.call(74..<98, support, dollars: "0.02", in: store)
        #expect(try !Self.run(store, hours: 98).limits.flatMap(\.newlyCrossed).contains { $0.kind == .forecasted })
        // The next week has its own.
        try Self.call(98..<200, support, dollars: "0.02", in: store)
        #expect(try Self.run(store, hours: 200).limits.flatMap(\.newlyCrossed).contains { $0.kind == .forecasted })
    }

    @Test("forecasts are made once an hour, and at once for a budget that is new")
    func hourly() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let support = Caller(team: "support")
        try Self.set(.team("support"), .week, "1.50", in: store)
        try Self.call(0..<60, support, in: store)
        _ = try Self.run(store, hours: 60)
        let first = try store.storedForecasts()
        #expect(first.map(\.made) == [Self.start + 60 * Self.hour])
        _ = try Self.run(store, hours: 60, seconds: 1800)
        #expect(try store.storedForecasts() == first)
        // What is spent is never above the forecast.
        try Self.call(60..<61, support, dollars: "1.40", in: store)
        let spent = try #require(try Self.run(store, hours: 60, seconds: 2400).limits.first)
        #expect(spent.forecast == spent.actual)
        try Self.set(.all, .week, "100", in: store)
        _ = try Self.run(store, hours: 60, seconds: 3000)
        #expect(
            try store.storedForecasts().map(\.made) == [
                Self.start + 60 * Self.hour + 3000, Self.start + 60 * Self.hour + 3000,
            ]
        )
        _ = try Self.run(store, hours: 61)
        #expect(try store.storedForecasts().allSatisfy { $0.made == Self.start + 61 * Self.hour })
        let dry = Self.start + 62 * Self.hour
        _ = try PurserFixture.evaluator(store, []).run(at: dry, ran: dry, isDryRun: true)
        #expect(try store.storedForecasts().allSatisfy { $0.made == Self.start + 61 * Self.hour })
    }

    @Test("a budget that is changed in its period is compared with the new limit")
    func changed() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.set(.team("support"), .week, "10", in: store)
        try Self.call(0..<80, Caller(team: "support"), in: store)
        #expect(try Self.run(store, hours: 80).limits.flatMap(\.newlyCrossed).isEmpty)
        try Self.set(.team("support"), .week, "1.20", in: store)
        let run = try Self.run(store, hours: 81)
        #expect(run.limits.flatMap(\.newlyCrossed).map(\.kind) == [.forecasted])
    }

    @Test("each budget has the forecast of its own calls, and says which of its limits is reached first")
    func lines() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.call(0..<96, Caller(team: "support", session: "a"), in: store)
        // A team that appears later.
        try Self.call(90..<96, Caller(team: "new"), dollars: "0.05", in: store)
        try store.setBudget(
            Budget(scope: .team("support"), window: .week, limit: PurserFixture.dollars("1.50"), requests: 160),
            at: Self.start
        )
        try store.setBudget(
            Budget(scope: .team("support"), window: .month, limit: PurserFixture.dollars("1.50"), requests: 100),
            at: Self.start
        )
        try Self.set(.team("new"), .month, "100", in: store)
        try Self.set(.team("silent"), .month, "100", in: store)
        try Self.set(.each(.session), .month, nil, in: store)
        let lines = try Self.lines(store, hours: 96)
        func line(_ scope: BudgetScope, _ window: BudgetWindow = .month) throws -> BudgetLine {
            try #require(lines.first { $0.budget.scope == scope && $0.budget.window == window })
        }
        let week = try line(.team("support"), .week)
        guard case .first(.budget, let at) = week.outlook else {
            Issue.record("\(week.outlook)")
            return
        }
        #expect(abs(at - (Self.start + 150 * Self.hour)) < 3 * 3_600_000)
        let forecast = try #require(week.forecast)
        #expect(abs((forecast.requests ?? 0) - 168) < 4 && abs(forecast.mean.dollars - 1.68) < 0.04)
        #expect(forecast.low != nil && (forecast.probabilityOver ?? 0) > 0.5 && forecast.isSure)
        // Of the month, the requests are used up first.
        guard case .first(.quota, _) = try line(.team("support")).outlook else {
            Issue.record("\(try line(.team("support")).outlook)")
            return
        }
        let new = try #require(try line(.team("new")).forecast)
        #expect(new.low == nil && !new.isSure && new.historySeconds < 7 * Self.hour)
        #expect(try line(.team("silent")).forecast == nil && line(.team("silent")).outlook == .unknown)
        // Of a budget for each name, the forecast is that of the name that has used the most.
        let each = try line(.each(.session))
        #expect(each.fullest == "a" && each.forecast?.requests ?? 0 > 300 && each.forecast?.probabilityOver ?? 0 > 0.9)
    }

    @Test(
        "a period has the length that its zone's clock gives it",
        arguments: [
            ("Europe/Berlin", 2026, 10, 25, 25), ("Europe/Berlin", 2026, 3, 29, 23), ("UTC", 2028, 2, 29, 24),
            ("America/New_York", 2026, 12, 31, 24),
        ]
    )
    func zones(name: String, year: Int, month: Int, day: Int, hours: Int) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let zone = try #require(ClockZone(name))
        let first = zone.moment(local: Timestamp(year: year, month: month, day: day))
        let traffic = (0..<(72 * 12)).map {
            TrafficBin(start: first - 72 * Self.hour + $0 * 300, seconds: 300, requests: 1, dollars: 0.01)
        }
        let budget = Budget(scope: .all, window: .day, zone: zone, limit: .dollar)
        var line = BudgetLine(budget, budget.period(containing: first))
        line.forecast(TrafficForecast(traffic, at: first), at: first)
        let mean = try #require(line.forecast).mean.dollars
        #expect(abs(mean - Double(hours) * 0.12) < 0.02, "\(mean)")
        #expect(try store.budgets().isEmpty)
    }

    @Test("the traffic of scopes adds up to that of all calls, in bins of the hour")
    func traffic() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.call(0..<30, Caller(user: "ada", team: "support"), in: store)
        try Self.call(5..<10, Caller(user: "ada", team: "new"), dollars: "0.05", in: store)
        let traffic = try store.budgetTraffic(
            of: [.all, .team("support"), .team("new"), .user("ada"), .user("no one"), .each(.team)],
            from: Self.start,
            to: Self.start + 24 * Self.hour,
            period: Self.hour
        )
        #expect(traffic.whole.count == 24 && traffic.scopes[.all] == traffic.whole)
        #expect(traffic.scopes[.user("ada")] == traffic.whole && traffic.scopes[.each(.team)] == nil)
        let teams = [traffic.scopes[.team("support")], traffic.scopes[.team("new")]].compactMap(\.self)
        for (hour, bin) in traffic.whole.enumerated() {
            #expect(bin.start == Self.start + hour * Self.hour && bin.requests == ((5..<10).contains(hour) ? 2 : 1))
            #expect(abs(bin.dollars - teams.reduce(0) { $0 + $1[hour].dollars }) < 1e-9)
        }
        #expect(traffic.scopes[.user("no one")]?.allSatisfy { $0.requests == 0 } == true)
    }
}
