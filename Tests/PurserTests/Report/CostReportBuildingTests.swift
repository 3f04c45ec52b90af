import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct CostReportBuildingTests {
    private static let november = CalendarMonth(year: 2026, month: 11)

    private static func report(
        _ month: CalendarMonth = november,
        asOf: String,
        zone: String = "UTC",
        filters: [CostFilter] = [],
        in store: Store
    ) throws -> CostReport {
        try CostReport(
            month,
            asOf: try #require(Timestamp(iso8601: asOf)),
            by: [.model],
            where: filters,
            in: try #require(ClockZone(zone)),
            from: MetricReader(store: store, quota: nil),
            budget: .dollar
        )
    }

    @Test(
        "the month before is compared up to the same day and hour of its own clock, and no further than its end",
        arguments: [
            ("2026-11-05T12:00:00Z", "UTC", "2026-10-01T00:00:00Z", "2026-10-05T12:00:00Z"),
            ("2026-12-03T00:00:00Z", "UTC", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
            // The clocks were set back on 25 October: 27 October 13:00 is 12:00 in UTC, 27 November 13:00 too.
            ("2026-11-27T12:00:00Z", "Europe/Berlin", "2026-09-30T22:00:00Z", "2026-10-27T12:00:00Z"),
            ("2026-11-10T12:00:00Z", "Europe/Berlin", "2026-09-30T22:00:00Z", "2026-10-10T11:00:00Z"),
            ("2026-11-10T12:00:00Z", "Asia/Kathmandu", "2026-09-30T18:15:00Z", "2026-10-10T12:00:00Z"),
        ]
    )
    func sameDays(asOf: String, zone: String, start: String, end: String) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let period = try #require(try Self.report(asOf: asOf, zone: zone, in: store).previous).period
        #expect(period.lowerBound.iso8601() == start && period.upperBound.iso8601() == end, "\(period)")
    }

    @Test("a month with more days than the one before is compared with all of it")
    func shortMonth() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let march = CalendarMonth(year: 2027, month: 3)
        let period = try #require(try Self.report(march, asOf: "2027-03-31T12:00:00Z", in: store).previous).period
        #expect(period == CalendarMonth(year: 2027, month: 2).start..<march.start)
    }

    @Test("the days are those of the zone, and a part of the calls has no budget, no forecast and no unpriced requests")
    func parts() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let time = try #require(Timestamp(iso8601: "2026-11-03T20:00:00Z"))
        try PurserFixture.call("1", at: time, settled: time + 5, cost: Picodollars(7), in: store)
        let asOf = "2026-11-05T12:00:00Z"
        let whole = try Self.report(asOf: asOf, in: store)
        #expect(
            whole.daily.map(\.rawValue) == [0, 0, 7, 0, 0] && whole.budget == .dollar && whole.unpricedRequests == 0
        )
        let east = try Self.report(asOf: asOf, zone: "Asia/Kathmandu", in: store)
        #expect(east.daily.map(\.rawValue) == [0, 0, 0, 7, 0] && east.budget == nil && east.forecast == nil)
        let part = try Self.report(asOf: asOf, filters: [CostFilter(.team, ["none"])], in: store)
        #expect(part.total == .zero && part.budget == nil && part.forecast == nil && part.unpricedRequests == nil)
        #expect(part.daily.map(\.rawValue) == [0, 0, 0, 0, 0])
    }

    @Test("an hour that the clocks repeat comes after the first one")
    func repeatedHour() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for (id, text) in [("1", "2026-10-25T00:30:00Z"), ("2", "2026-10-25T01:30:00Z")] {
            let time = try #require(Timestamp(iso8601: text))
            try PurserFixture.call(id, at: time, settled: time + 5, in: store)
        }
        let report = try CostReport(
            CalendarMonth(year: 2026, month: 10),
            asOf: Self.november.end,
            by: [.hour],
            in: try #require(ClockZone("Europe/Berlin")),
            from: MetricReader(store: store, quota: nil),
            budget: nil
        )
        #expect(report.rows.map { $0.keys[0] } == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"])
    }
}
