import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// Forecasts of scopes whose calls come in batches, or hardly at all.
@Suite struct BatchForecastTests {
    private typealias Calls = BudgetForecastTests

    /// Evaluates at these hours, and returns those of notices of a forecast.
    private static func notices(_ store: Store, at hours: [(Int, minutes: Int)]) throws -> [Int] {
        try hours.compactMap { hour, minutes in
            let run = try Calls.run(store, hours: hour, seconds: minutes * 60)
            return run.limits.flatMap(\.newlyCrossed).contains { $0.kind == .forecasted } ? hour : nil
        }
    }

    @Test("a batch each morning is expected once a day, and is no reason for a notice", arguments: [true, false])
    func daily(isAlone: Bool) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let batch = Caller(team: "batch")
        try Calls.set(.team("batch"), .day, "12", in: store)
        if !isAlone { try Calls.call(0..<240, Caller(team: "chat"), in: store) }
        for day in 0..<9 { try Calls.call((day * 24 + 9)..<(day * 24 + 10), batch, dollars: "10", in: store) }
        let early = try Self.notices(store, at: (2...8).map { ($0 * 24 + 9, 20) } + [(9 * 24 + 8, 40)])
        #expect(early.isEmpty)
        try Calls.call((9 * 24 + 9)..<(9 * 24 + 10), batch, dollars: "10", in: store)
        let run = try Calls.run(store, hours: 9 * 24 + 9, seconds: 1200)
        let limit = try #require(run.limits.first)
        #expect(!limit.newlyCrossed.contains { $0.kind == .forecasted })
        let lines = try {
            let at = Calls.start + (9 * 24 + 9) * Calls.hour + 1200
            var lines = try store.budgetLines(at: at, limit: nil, quota: nil)
            try MetricReader(store: store, quota: nil).addForecasts(to: &lines, at: at)
            return lines
        }()
        let forecast = try #require(lines.first { $0.budget.window == .day }?.forecast)
        #expect(abs(forecast.mean.dollars - 10) < 0.2 && forecast.probabilityOver ?? 0 < 0.2, "\(forecast)")
        let rest = (10..<24).map { (9 * 24 + $0, minutes: 0) }
        #expect(try Self.notices(store, at: rest).isEmpty)
    }

    @Test("a batch each Monday is no reason for a notice, and too irregular for an interval")
    func weekly() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Calls.set(.team("batch"), .week, "60", in: store)
        for week in 0..<4 {
            let first = week * 168 + 9
            try Calls.call(first..<(first + 1), Caller(team: "batch"), dollars: "50", in: store)
            let hours = [first + 1, first + 20, first + 50, first + 90, first + 150]
            #expect(try Self.notices(store, at: hours.map { ($0, minutes: 0) }).isEmpty, "week \(week)")
        }
        let at = Calls.start + 23 * 24 * Calls.hour
        let traffic = try MetricReader(store: store, quota: nil).budgetTraffic(of: [.team("batch")], at: at)
        let forecast = try #require(traffic[.team("batch")])
        #expect(forecast.isIrregular && forecast.range(.dollars, until: at + 86_400, over: 1) == nil)
    }

    @Test("one call is too little for a forecast, however old it is")
    func single() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Calls.set(.team("new"), .month, "2", in: store)
        try Calls.call(0..<1, Caller(team: "new"), dollars: "1", in: store)
        for hours in [50, 100, 200] {
            let limits = try Calls.run(store, hours: hours).limits
            #expect(limits.allSatisfy { $0.forecast == nil })
        }
    }

    @Test("a limit that is reached gets no notice of its forecast")
    func reached() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Calls.set(.team("support"), .week, "0.50", in: store)
        try Calls.call(0..<80, Caller(team: "support"), in: store)
        let kinds = try Calls.run(store, hours: 80).limits.flatMap(\.newlyCrossed).map(\.kind)
        #expect(!kinds.isEmpty && kinds.allSatisfy { $0 == .actual })
    }
}
