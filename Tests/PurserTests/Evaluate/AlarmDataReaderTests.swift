import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite(.blocking) struct AlarmDataReaderTests {
    private static let start = PurserFixture.start.floored(toSeconds: 86_400)
    private static let days = 3

    private static func shape(_ random: inout TestRandom) -> (period: Int, periods: Int, window: String) {
        let shapes = [
            (10, 6), (30, 3), (60, 1), (60, 5), (60, 90), (300, 3), (420, 2), (3600, 1), (3600, 5), (3600, 30),
            (86_400, 1), (86_400, 2),
        ]
        let (period, periods) = shapes.randomElement(using: &random) ?? (60, 1)
        let zones = ["UTC", "Europe/London", "Asia/Kolkata", "-03:25"]
        guard EvaluationWindow.wallClockPeriods.contains(period), Bool.random(using: &random) else {
            return (period, periods, #"{"SlidingWindow": {}}"#)
        }
        let zone = zones.randomElement(using: &random) ?? "UTC"
        return (period, periods, #"{"WallClockWindow": {"Timezone": "\#(zone)"}}"#)
    }

    private static func alarm(_ number: Int, _ random: inout TestRandom) throws -> AlarmDefinition {
        let (period, periods, window) = shape(&random)
        let statistic = ["Sum", "p90", "SampleCount", "tm80"].randomElement(using: &random) ?? "Sum"
        func metric(_ name: String) -> String {
            #""Namespace": "ChatService", "MetricName": "\#(name)""#
        }
        func stat(_ id: String, _ name: String) -> String {
            """
            {"Id": "\(id)", "ReturnData": false, "MetricStat": {"Metric": {\(metric(name))}, "Period": \(period),
             "Stat": "\(statistic)"}}
            """
        }
        let key = statistic == "p90" || statistic == "tm80" ? "ExtendedStatistic" : "Statistic"
        let rule =
            number % 3 == 0
            ? #""Metrics": [\#(stat("a", "Errors")), \#(stat("b", "Calls")), {"Id": "r", "Expression": "100*a/b"}]"#
            : metric(number % 2 == 0 ? "Errors" : "Calls") + #", "\#(key)": "\#(statistic)", "Period": \#(period)"#
        let json = """
            {"AlarmName": "alarm-\(number)", \(rule), "EvaluationPeriods": \(periods), "Threshold": 20,
             "ComparisonOperator": "GreaterThanThreshold", "EvaluationWindow": \(window)}
            """
        let result = AlarmDefinition.read(json: json, file: "a.json")
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
        return try #require(result.definition)
    }

    /// Fills a store with three days of slots with gaps, most of them of a minute; returns them as they were recorded.
    private static func fill(_ store: Store, _ random: inout TestRandom) throws -> AlarmData {
        var all: [MetricReference: SlotSeries] = [:]
        for name in ["Errors", "Calls"] {
            let series = Series(Metric(namespace: "ChatService", name: name), unit: .count)
            var slots: [Slot] = []
            for step in 0..<days * 8640 where step % 6 == 0 || step > (days * 24 - 4) * 360 {
                guard Double.random(in: 0..<1, using: &random) < 0.7 else { continue }
                let value = Double(Int.random(in: 0...40, using: &random))
                let distribution = try #require(
                    Distribution(value: value, count: Int.random(in: 1...3, using: &random))
                )
                slots.append(Slot(start: start + step * 10, distribution: distribution))
            }
            #expect(
                try store.record(
                    Flush(writer: name, sequence: 1, points: slots.map { .init(series: series, slot: $0) })
                )
            )
            all[MetricReference(series.metric)] = SlotSeries(slots)
        }
        try store.rollUp(now: start + days * 86_400)
        return AlarmData(all)
    }

    @Test(
        "alarms that share reads and values get the same evaluations as from all recorded slots",
        arguments: UInt64(1)...6
    )
    func shared(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var random = TestRandom(seed)
        let plain = try Self.fill(store, &random)
        let alarms = try (0..<40).map { try Self.alarm($0, &random) }
        let end = Self.start + Self.days * 86_400 - Int.random(in: 0..<7200, using: &random)
        // A run as of one moment, one a minute after the last, one after half an hour, and one every ten seconds.
        let steps =
            [
                [end], [end.floored(toSeconds: 60), end], (0..<30).map { end - (29 - $0) * 60 },
                (0..<60).map { end - (59 - $0) * 10 },
            ][Int(seed % 4)]
        // Like new alarms, some are evaluated only at the end.
        let due = { (alarm: AlarmDefinition) in alarm.name.hasSuffix("7") ? [end] : steps }
        let data = try AlarmDataReader(MetricReader(store: store, quota: nil)).data(for: alarms, steps: due)
        var breaching = 0
        for alarm in alarms {
            let shared = try #require(data[alarm.name])
            for step in due(alarm) {
                let expected = alarm.evaluate(data: plain, previous: .ok, at: step)
                #expect(
                    alarm.evaluate(data: shared, previous: .ok, at: step) == expected,
                    "\(alarm.canonicalJSON) \(step)"
                )
                breaching += expected.breachingCount
            }
        }
        #expect(breaching > 0)
    }
}
