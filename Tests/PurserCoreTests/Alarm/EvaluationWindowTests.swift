import PurserCore
import TestSupport
import Testing

@Suite struct EvaluationWindowTests {
    /// Returns an alarm on the sum of a metric, which goes off above 5 and, without data, if `missing` is breaching.
    private static func json(
        _ window: String?,
        period: Int = 3600,
        periods: Int = 1,
        missing: String = "breaching"
    ) -> String {
        """
        {"AlarmName": "orders", "Namespace": "ChatService", "MetricName": "Latency", "Statistic": "Sum",
         "Period": \(period), "EvaluationPeriods": \(periods), "Threshold": 5, "TreatMissingData": "\(missing)",
         "ComparisonOperator": "GreaterThanThreshold"\(window.map { #", "EvaluationWindow": "# + $0 } ?? "")}
        """
    }

    private static func wallClock(
        _ zone: String,
        period: Int,
        periods: Int = 1,
        missing: String = "breaching"
    ) throws -> AlarmDefinition {
        let window = #"{"WallClockWindow": {"Timezone": "\#(zone)"}}"#
        return try AlarmFixture.read(json(window, period: period, periods: periods, missing: missing))
    }

    private static func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(iso8601: text))
    }

    private static func data(_ values: KeyValuePairs<String, Double>) throws -> AlarmData {
        let slots = try values.map { Slot(start: try time($0), distribution: try #require(Distribution(value: $1))) }
        return AlarmData([MetricReference(AlarmFixture.metric): SlotSeries(slots.sorted { $0.start < $1.start })])
    }

    @Test("without EvaluationWindow, the window slides, as with SlidingWindow")
    func sliding() throws {
        let alarm = try AlarmFixture.read(Self.json(nil))
        let written = try AlarmFixture.read(Self.json(#"{"SlidingWindow": {}}"#))
        #expect(alarm.condition?.window == .sliding && written.condition == alarm.condition)
        #expect(written.canonicalJSON.contains(#""EvaluationWindow":{"SlidingWindow":{}}"#))
    }

    @Test("a wall clock window holds the last completed hours of its zone, and no more periods than it evaluates")
    func hours() throws {
        for (zone, at, start, end) in [
            ("UTC", "2026-09-14T14:07:00Z", "2026-09-14T12:00:00Z", "2026-09-14T14:00:00Z"),
            // Data of the last hour has ten seconds to arrive.
            ("UTC", "2026-09-14T14:00:09Z", "2026-09-14T11:00:00Z", "2026-09-14T13:00:00Z"),
            ("UTC", "2026-09-14T14:00:10Z", "2026-09-14T12:00:00Z", "2026-09-14T14:00:00Z"),
            ("Asia/Kolkata", "2026-09-14T14:07:00Z", "2026-09-14T11:30:00Z", "2026-09-14T13:30:00Z"),
        ] {
            let alarm = try Self.wallClock(zone, period: 3600, periods: 2)
            let range = alarm.evaluationRange(at: try Self.time(at))
            #expect(range == (try Self.time(start))..<(try Self.time(end)), "\(zone) \(at)")
        }
    }

    @Test("a wall clock window shows a breach only after its hour has ended; a sliding window shows it at once")
    func completedHour() throws {
        let data = try Self.data(["2026-09-14T14:01:00Z": 9, "2026-09-14T13:30:00Z": 1])
        let clock = try Self.wallClock("Europe/London", period: 3600)
        let alarms = [clock, try AlarmFixture.read(Self.json(nil))]
        let states = try ["14:07:00Z", "14:59:30Z", "15:00:10Z", "15:30:00Z"].map { clock in
            let time = try Self.time("2026-09-14T" + clock)
            return alarms.map { $0.evaluate(data: data, previous: .ok, at: time).state }
        }
        #expect(states == [[.ok, .alarm], [.ok, .alarm], [.alarm, .alarm], [.alarm, .alarm]])
        let seen = clock.evaluate(data: data, previous: .ok, at: try Self.time("2026-09-14T15:30:00Z"))
        #expect(seen.datapoints.map { $0.timestamp.iso8601() } == ["2026-09-14T14:00:00Z"])
        #expect(seen.reason?.contains("9.0 (14/09/26 14:00:00)") == true)
    }

    @Test("each day counts for itself: a day without a backup is not made up for by the day before")
    func missingDay() throws {
        // Backups at 01:00 and, the next day, 20 hours later than usual; then none.
        let data = try Self.data(["2026-09-14T01:00:00Z": 1, "2026-09-15T21:00:00Z": 1])
        let alarm = try Self.wallClock("UTC", period: 86_400)
        let states = try ["15T00:00:10Z", "15T23:00:00Z", "16T00:00:10Z", "16T23:59:00Z", "17T00:00:10Z"].map {
            alarm.evaluate(data: data, previous: .ok, at: try Self.time("2026-09-" + $0)).state
        }
        #expect(states == [.ok, .ok, .ok, .ok, .alarm])
    }

    @Test("on the day on which clocks change, a window of a day has 25 hours")
    func clockChange() throws {
        // In the first minute and the last minute of the day, and in the minutes beside it.
        let data = try Self.data([
            "2026-10-24T22:59:00Z": 100, "2026-10-24T23:00:00Z": 2, "2026-10-25T23:59:00Z": 3,
            "2026-10-26T00:00:00Z": 1000,
        ])
        let alarm = try Self.wallClock("Europe/London", period: 86_400)
        let time = try Self.time("2026-10-26T09:00:00Z")
        #expect(alarm.evaluate(data: data, previous: .ok, at: time).newestValue == 5)
        let range = try #require(alarm.dataRange(steps: [time]))
        #expect(range.to - range.from == 25 * 3_600_000 && range.grid.stride == 3600)
    }

    @Test(
        "evaluations of wall clock windows with precomputed values give the same results as without",
        arguments: ["UTC", "Europe/London", "Australia/Lord_Howe", "America/New_York"],
        [300, 3600, 86_400]
    )
    func tabulated(zone: String, period: Int) throws {
        var random = TestRandom(UInt64(period))
        let start = try Self.time("2026-10-20T00:00:00Z")
        var slots: [Slot] = []
        for step in 0..<14 * 288 where Double.random(in: 0..<1, using: &random) < 0.6 {
            let value = Double.random(in: 0...100, using: &random)
            slots.append(Slot(start: start + step * 300, distribution: try #require(Distribution(value: value))))
        }
        let alarm = try Self.wallClock(zone, period: period, periods: 3, missing: "missing")
        let steps = (0..<200).map { start + 5 * 86_400 + $0 * 3600 + 17 }
        let plain = AlarmData([MetricReference(AlarmFixture.metric): SlotSeries(slots)])
        var table = plain
        table.tabulate(alarm, steps: steps)
        #expect(table != plain)
        // The slots as the store merges them for these steps.
        let range = try #require(alarm.dataRange(steps: steps))
        let stride = range.grid.stride
        let parts = SlotSeries(slots).merged(from: range.from, to: range.to, period: stride)
        let coarse = parts.enumerated().map { Slot(start: range.from + $0 * stride, distribution: $1) }
        let merged = AlarmData([
            MetricReference(AlarmFixture.metric): SlotSeries(coarse.filter { !$0.distribution.isEmpty })
        ])
        for step in steps {
            let expected = alarm.evaluate(data: plain, previous: .ok, at: step)
            #expect(alarm.evaluate(data: table, previous: .ok, at: step) == expected)
            #expect(alarm.evaluate(data: merged, previous: .ok, at: step) == expected)
        }
    }

    @Test("scripted tests of alarms follow a wall clock window")
    func scripted() throws {
        let alarm = try Self.wallClock("Asia/Kolkata", period: 3600, missing: "notBreaching")
        // The hour of the only sample ends at 13:30 UTC, and the next one at 14:30.
        let text = """
            test "hours of a zone that is half an hour off"
              start 2026-09-14T13:00:00Z
              series ChatService Latency _x10 9 _x120
              changes orders +31m ALARM, +91m OK
            """
        let result = try #require(try AlarmTest.read(text, file: "a.test").first).run([alarm])
        #expect(result.isPassed, "\(result.failures)")
    }

    @Test(
        "what a window does not allow is a fault",
        arguments: [
            (#"{}"#, 3600, "EvaluationWindow: needs exactly one of SlidingWindow and WallClockWindow"),
            (
                #"{"SlidingWindow": {}, "WallClockWindow": {}}"#, 3600,
                "EvaluationWindow: needs exactly one of SlidingWindow and WallClockWindow"
            ),
            (#""WallClock""#, 3600, "EvaluationWindow: must be an object, not the string `WallClock`"),
            (
                #"{"SlidingWindow": {"Timezone": "UTC"}}"#, 3600,
                "EvaluationWindow.SlidingWindow.Timezone: unknown key of SlidingWindow; allowed: none"
            ),
            (
                #"{"WallClockWindow": {"Timezone": "London"}}"#, 3600,
                "EvaluationWindow.WallClockWindow.Timezone: `London` is not a time zone; allowed: a name such as "
            ),
            (
                #"{"WallClockWindow": {}}"#, 120,
                "EvaluationWindow: a wall clock window does not go with a period of 120 s; allowed: 60, 300, 3600"
            ),
        ]
    )
    func faults(window: String, period: Int, expected: String) {
        let found = AlarmDefinition.read(json: Self.json(window, period: period), file: "a.json").diagnostics
        #expect(found.contains { $0.description.hasPrefix("a.json: " + expected) }, "\(found)")
    }
}
