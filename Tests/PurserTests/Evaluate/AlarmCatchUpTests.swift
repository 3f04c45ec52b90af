import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct AlarmCatchUpTests {
    private static let start = PurserFixture.start

    private static func alarm(_ name: String, _ metric: String, period: Int = 60, threshold: Int = 0) -> String {
        """
        {"AlarmName": "\(name)", "OKActions": ["\(PurserFixture.topic)"], "AlarmActions": ["\(PurserFixture.topic)"],
         "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching", "Namespace": "ChatService",
         "MetricName": "\(metric)", "Statistic": "Sum", "Period": \(period), "EvaluationPeriods": 1,
         "Threshold": \(threshold)}
        """
    }

    private static func run(_ store: Store, _ alarms: [AlarmDefinition], at seconds: Int) throws -> EvaluationRun {
        let time = start + seconds
        return try #require(try PurserFixture.evaluator(store, alarms).run(at: time, ran: time))
    }

    @Test("an ALARM that a suppressor held back is sent after a pause in which the alarm ended and fired again")
    func keptBack() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1], of: "A", in: store)
        try PurserFixture.record([0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], of: "S", in: store)
        let composite = """
            {"AlarmName": "c", "OKActions": ["\(PurserFixture.topic)"], "AlarmActions": ["\(PurserFixture.topic)"],
             "AlarmRule": "ALARM(a)", "ActionsSuppressor": "s", "ActionsSuppressorWaitPeriod": 0,
             "ActionsSuppressorExtensionPeriod": 0}
            """
        let alarms = try TestAlarms.read([
            ("a.json", Self.alarm("a", "A")), ("s.json", Self.alarm("s", "S")), ("c.json", composite),
        ])
        for minute in [2, 3, 4, 5] { _ = try Self.run(store, alarms, at: minute * 60) }
        #expect(try store.alarmRecords()["c"]?.suppression?.isPending == true)
        for minute in [12, 13, 14] { _ = try Self.run(store, alarms, at: minute * 60) }
        #expect(try store.alarmRecords()["c"]?.state == .alarm)
        let told = try store.messages(.pending).filter { $0.about.isSameSeries(as: .alarm("c", change: 0)) }.map {
            $0.subject.prefix(9)
        }
        #expect(told == ["OK: \"c\" i", "ALARM: \"c"])
    }

    @Test("a composite alarm is evaluated as often as the fastest alarm that it refers to")
    func quickChild() throws {
        let rule = #"{"AlarmName": "c", "AlarmActions": ["\#(PurserFixture.topic)"], "AlarmRule": "ALARM(h)"}"#
        let alarms = try TestAlarms.read([
            ("h.json", Self.alarm("h", "A", period: 10)), ("c.json", rule),
        ])
        let tests = try AlarmTest.read(
            """
            test "ten seconds"
              step 10s
              series ChatService A unit=Count 0x6 1x2 0x30
              changes h +1m20s ALARM, +1m40s OK
              changes c +1m20s ALARM, +1m40s OK
            """,
            file: "x.test"
        )
        #expect(try tests[0].run(alarms).failures.map(\.actual) == [])
    }

    @Test("short periods are not caught up if only coarser data is left, and the run reports that")
    func coarse() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record(Array(repeating: 10, count: 6 * 60 * 8), of: "A", every: 10, in: store)
        let alarms = try TestAlarms.read([
            ("h.json", Self.alarm("h", "A", period: 10, threshold: 30)),
            ("m.json", Self.alarm("m", "A", threshold: 100)),
        ])
        _ = try Self.run(store, alarms, at: 600)
        let end = 8 * 3600
        for _ in 0..<5 { try store.rollUp(now: Self.start + end) }
        let run = try Self.run(store, alarms, at: end)
        #expect(run.changes.isEmpty && run.notCaughtUp == ["h"])
        // The time after the pause is caught up as usual.
        #expect(try Self.run(store, alarms, at: end + 60).notCaughtUp == [])
    }

    @Test("an alarm on a band has a model in scripted tests too")
    func band() throws {
        let alarm = """
            {"AlarmName": "b", "AlarmActions": ["\(PurserFixture.topic)"], "ComparisonOperator": "GreaterThanUpperThreshold",
             "ThresholdMetricId": "band", "EvaluationPeriods": 1, "TreatMissingData": "missing", "Metrics": [
             {"Id": "m", "MetricStat": {"Metric": {"Namespace": "ChatService", "MetricName": "A"}, "Period": 3600,
              "Stat": "Sum"}}, {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 3)"}]}
            """
        let tests = try AlarmTest.read(
            """
            test "band"
              step 1h
              series ChatService A unit=Count 10x400 100000x3
              expect +400h b OK
              expect +402h b ALARM
            """,
            file: "x.test"
        )
        #expect(try tests[0].run(try TestAlarms.read([("b.json", alarm)])).failures.map(\.actual) == [])
    }
}
