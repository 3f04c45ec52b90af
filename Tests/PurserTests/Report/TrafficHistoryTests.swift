import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite("the history that a forecast is made from")
struct TrafficHistoryTests {
    static let start = PurserFixture.start
    static let month = CalendarMonth(containing: start)

    private static func forecast(_ store: Store, _ totals: MonthTotal, at: Timestamp) throws -> TrafficForecast {
        let reader = MetricReader(store: store, quota: nil)
        return try #require(try reader.trafficForecast(month, totals, at: at))
    }

    /// Records ten calls a minute for ten hours.
    private static func record(_ store: Store, cost: Double?) throws {
        let calls = (0..<600).map { _ in Distribution(value: 1, count: 10) }
        try PurserFixture.record(calls, of: "Invocations", from: start, in: store)
        guard let cost else { return }
        let costs = (0..<600).map { _ in Distribution(value: cost, count: 10) }
        try PurserFixture.record(costs, of: "EstimatedCost", from: start, in: store)
    }

    @Test("it is read from the metrics of the calls and of their cost")
    func metrics() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.record(store, cost: 0.01)
        let at = Self.start + 36_000
        let forecast = try Self.forecast(store, MonthTotal(), at: at)
        #expect(forecast.historySeconds == 36_000)
        #expect(abs(forecast.expected(.requests, until: at + 3600) - 600) < 1)
        #expect(abs(forecast.expected(.dollars, until: at + 3600) - 6) < 0.01)
        // What is recorded later is not known.
        #expect(try Self.forecast(store, MonthTotal(), at: at - 18_000).historySeconds == 18_000)
    }

    @Test("without metrics of the cost, a call costs what the month's calls cost on average")
    func costOfTheLedger() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.record(store, cost: nil)
        let at = Self.start + 36_000
        let totals = MonthTotal(requests: 6000, spent: try PurserFixture.dollars("12"), held: .zero)
        let forecast = try Self.forecast(store, totals, at: at)
        #expect(abs(forecast.expected(.dollars, until: at + 3600) - 1.2) < 0.01)
    }

    @Test("without metrics, it is the month's average")
    func average() throws {
        let folder = try TemporaryFolder()
        let totals = MonthTotal(requests: 6000, spent: try PurserFixture.dollars("12"), held: .zero)
        let forecast = try Self.forecast(try folder.store(), totals, at: Self.start)
        let hours = Double(Self.start - Self.month.start) / 3_600_000
        #expect(abs(forecast.expected(.requests, until: Self.start + 3600) - 6000 / hours) < 0.01)
    }

    @Test("a slot that is not over is not taken for one that is")
    func coarseSlots() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.record(store, cost: 0.01)
        let ladder = try RetentionLadder(changing: .standard, [10: 1, 60: 1, 300: 1])
        let retention = try store.retention()
        try store.setRetention(
            Retention(
                metrics: ladder,
                Dictionary(
                    uniqueKeysWithValues: Retention.Record.allCases.map {
                        ($0, retention.hours(of: $0))
                    }
                )
            )
        )
        try PurserFixture.record([1], of: "Invocations", from: Self.start + 10 * 86_400, in: store)
        _ = try store.rollUp(now: Self.start + 10 * 86_400 + 60)
        #expect(try store.slotSeconds(from: Self.start) == 3600)
        let at = Self.start + 5 * 3600 + 60
        let forecast = try Self.forecast(store, MonthTotal(), at: at)
        #expect(abs(forecast.expected(.requests, until: at + 3600) - 600) < 1)
    }
}
