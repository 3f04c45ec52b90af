import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite(.blocking) struct BacktestTests {
    private static let start = PurserFixture.start

    @Test("a backtest gives the same transitions as cron running every minute")
    func sameAsCron() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try ScriptedAlarms.record(minutes: 240, in: store)
        let alarms = try ScriptedAlarms.alarms()
        let reader = MetricReader(store: store, quota: nil)
        let evaluator = Evaluator(reader: reader, alarms: alarms, budget: nil)
        for minute in 0..<220 {
            let time = ScriptedAlarms.time(minute)
            #expect(try evaluator.run(at: time, ran: time) != nil)
        }
        let backtest = try Backtest.run(
            reader,
            alarms,
            names: alarms.map(\.name),
            from: ScriptedAlarms.time(0),
            to: ScriptedAlarms.time(219)
        )
        for result in backtest.results {
            let history = try store.transitions(of: result.name, limit: 10_000).reversed()
            #expect(result.transitions == Array(history) && result.fired > 5, "\(result.name)")
            #expect(result.exactFrom == nil)
        }
    }

    @Test("a backtest counts the minutes in ALARM up to its end, and one page per message that a topic would get")
    func counts() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0, 1, 1, 0, 1, 1, 1, 1], in: store)
        let backtest = try Backtest.run(
            MetricReader(store: store, quota: nil),
            [try PurserFixture.alarm()],
            names: ["server-errors"],
            from: Self.start + 120,
            to: Self.start + 480
        )
        let result = backtest.results[0]
        #expect(result.fired == 2 && result.pages == 2)
        // From the third minute to the fifth, and from the sixth to the eighth.
        #expect(result.minutesInAlarm == 4)
    }

    @Test("an alarm without actions of its own sends no page")
    func silent() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0, 1, 1, 0, 1, 1, 1, 1], in: store)
        for (alarm, pages) in [
            (try PurserFixture.alarm(topics: []), 0), (try PurserFixture.alarm(isEnabled: false), 0),
            (try PurserFixture.alarm(topics: ["${TopicArn}"]), 2),
        ] {
            let backtest = try Backtest.run(
                MetricReader(store: store, quota: nil),
                [alarm],
                names: ["server-errors"],
                from: Self.start + 120,
                to: Self.start + 480
            )
            #expect(backtest.results[0].fired == 2 && backtest.results[0].pages == pages)
        }
    }

    @Test("if only coarser data is left, a backtest reports the time from which it is exact")
    func coarse() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let hours = 6
        try PurserFixture.record(Array(repeating: 1, count: hours * 60), in: store)
        try store.setRetention(try RetentionLadder(changing: .standard, [10: 1, 60: 2, 300: 4]))
        try store.rollUp(now: Self.start + hours * 3600)
        let run = { (period: Int) in
            let json = """
                {"AlarmName": "a", "Namespace": "ChatService", "MetricName": "ServerErrors", "Statistic": "Sum",
                 "Period": \(period), "EvaluationPeriods": 1, "Threshold": 0,
                 "ComparisonOperator": "GreaterThanThreshold"}
                """
            let alarm = try #require(AlarmDefinition.read(json: json, file: "a.json").definition)
            let backtest = try Backtest.run(
                MetricReader(store: store, quota: nil),
                [alarm],
                names: ["a"],
                from: Self.start,
                to: Self.start + hours * 3600
            )
            return backtest.results[0].exactFrom.map { ($0 - Self.start) / 3_600_000 }
        }
        let minutes = try #require(try run(60))
        let seconds = try #require(try run(10))
        #expect((1...5).contains(minutes) && seconds > minutes)
    }
}
