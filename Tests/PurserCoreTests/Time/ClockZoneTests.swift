import PurserCore
import TestSupport
import Testing

@Suite struct ClockZoneTests {
    private static func zone(_ text: String) throws -> ClockZone {
        try #require(ClockZone(text))
    }

    @Test(
        "a zone is a name, or a distance from UTC in steps of five minutes",
        arguments: [
            "Z", "UTC", "GMT", "+05:30", "-08:00", "+01:05", "UTC+05:30", "GMT-08:00", "Europe/London", "Asia/Kolkata",
            "EST5EDT", "Japan",
        ]
    )
    func zones(text: String) {
        #expect(ClockZone(text) != nil)
    }

    @Test(
        "everything else is not a zone",
        arguments: [
            "", "+01:03", "+5:30", "+05", "0530", "+19:00", "+05:60", "UTC+5", "GMT+", "London", "PST", "Europe/Lundon",
            "Europe/", "utc", "+05:30:00", "+０５:３０",
        ]
    )
    func noZones(text: String) {
        #expect(ClockZone(text) == nil)
    }

    @Test(
        "hours, days and weeks begin by the clock of the zone",
        arguments: [
            ("UTC", 3600, "2026-09-16T14:07:31Z", "2026-09-16T14:00:00Z"),
            ("UTC", 86_400, "2026-09-16T14:07:31Z", "2026-09-16T00:00:00Z"),
            // The Monday of that week.
            ("UTC", 604_800, "2026-09-16T14:07:31Z", "2026-09-14T00:00:00Z"),
            ("UTC", 604_800, "2026-09-14T00:00:00Z", "2026-09-14T00:00:00Z"),
            ("UTC", 604_800, "2026-09-13T23:59:59Z", "2026-09-07T00:00:00Z"),
            ("Asia/Kolkata", 3600, "2026-09-16T14:07:31Z", "2026-09-16T13:30:00Z"),
            ("+05:30", 86_400, "2026-09-16T14:07:31Z", "2026-09-15T18:30:00Z"),
            ("UTC+00:05", 3600, "2026-09-16T14:54:59Z", "2026-09-16T13:55:00Z"),
            ("Asia/Kolkata", 300, "2026-09-16T14:07:31Z", "2026-09-16T14:05:00Z"),
            ("America/New_York", 86_400, "2026-09-16T03:59:59Z", "2026-09-15T04:00:00Z"),
            ("America/New_York", 604_800, "2026-09-14T03:59:59Z", "2026-09-07T04:00:00Z"),
            // Days of 25 and 23 hours.
            ("Europe/London", 86_400, "2026-10-25T23:59:59Z", "2026-10-24T23:00:00Z"),
            ("Europe/London", 86_400, "2026-10-26T00:00:00Z", "2026-10-26T00:00:00Z"),
            ("Europe/London", 86_400, "2026-03-29T22:59:59Z", "2026-03-29T00:00:00Z"),
            ("Europe/London", 86_400, "2026-03-29T23:00:00Z", "2026-03-29T23:00:00Z"),
            // The hour from 01:00 to 02:00 happens twice.
            ("Europe/London", 3600, "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z"),
            ("Europe/London", 3600, "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z"),
            // Clocks set back from 01:00 to 00:00, and a midnight that is skipped.
            ("America/Havana", 86_400, "2025-11-02T12:00:00Z", "2025-11-02T04:00:00Z"),
            ("America/Havana", 86_400, "2025-11-02T04:30:00Z", "2025-11-02T04:00:00Z"),
            ("America/Santiago", 86_400, "2025-09-07T12:00:00Z", "2025-09-07T04:00:00Z"),
        ]
    )
    func starts(zone: String, seconds: Int, time: String, start: String) throws {
        let time = try #require(Timestamp(iso8601: time))
        #expect(try Self.zone(zone).start(ofPeriod: seconds, at: time).iso8601() == start)
    }

    @Test(
        "the periods of a zone follow each other without a gap or an overlap",
        arguments: [
            "UTC", "+05:30", "-03:25", "Europe/London", "America/New_York", "America/Havana", "America/Santiago",
            "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca",
        ],
        [60, 300, 3600, 86_400, 604_800]
    )
    func complete(name: String, seconds: Int) throws {
        let zone = try Self.zone(name)
        var random = TestRandom(UInt64(seconds))
        let year = Timestamp(year: 2026, month: 1, day: 1)
        for _ in 0..<40 {
            let time = year + Int.random(in: 0..<366 * 86_400, using: &random)
            let bounds = zone.bounds(ofPeriod: seconds, count: 3, endingBy: time)
            #expect(bounds.count == 4 && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
            #expect(bounds[3] <= time && zone.bounds(ofPeriod: seconds, from: bounds[0], to: bounds[3]) == bounds)
            for (start, end) in zip(bounds, bounds.dropFirst()) {
                let inner = start + Int.random(in: 0..<Int((end - start) / 1000), using: &random)
                #expect(zone.start(ofPeriod: seconds, at: inner) == start, "\(inner.iso8601())")
            }
        }
    }
}
