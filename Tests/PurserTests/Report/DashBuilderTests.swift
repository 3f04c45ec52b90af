import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct DashBuilderTests {
    static let start = PurserFixture.start
    static let day = 86_400

    static func frame(
        _ store: Store,
        _ alarms: [AlarmDefinition] = [],
        budget: BudgetDefinition? = nil,
        at: Timestamp = start + 600,
        quota: Int? = nil,
        isOfAskedMoment: Bool = true
    ) throws -> DashFrame {
        let reader = MetricReader(store: store, quota: quota)
        let builder = DashBuilder(reader: reader, alarms: alarms, budget: budget)
        return try builder.frame(
            from: at - 600,
            to: at,
            at: at,
            region: "us-east-1",
            isOfAskedMoment: isOfAskedMoment
        )
    }

    static func signal(_ frame: DashFrame, _ name: String) throws -> DashFrame.Signal {
        try #require(frame.signals.first { $0.name == name })
    }

    @Test("an empty store gives an empty frame")
    func empty() throws {
        let folder = try TemporaryFolder()
        let frame = try Self.frame(try folder.store(), [try PurserFixture.alarm()], quota: 10_000)
        #expect(frame.title == "ChatService" && frame.region == "us-east-1" && frame.at == Self.start + 600)
        #expect(frame.window == .init(from: Self.start, to: Self.start + 600, periodSeconds: 60))
        #expect(frame.newestData == nil && frame.evaluatedAt == nil && frame.budget == nil)
        #expect(frame.alarms == [.init(name: "server-errors", state: .insufficientData)])
        #expect(
            frame.signals.map(\.name) == ["invocations", "errors", "throttled", "refused", "tokens in", "tokens out"]
        )
        let nothing = [Double?](repeating: nil, count: 10)
        #expect(frame.signals.allSatisfy { $0.now == nil && $0.usual == nil && $0.values == nothing })
        #expect(frame.latency == .init(p50: nothing, p90: nothing, p99: nothing, threshold: nil))
        let month = CalendarMonth(year: 2026, month: 11)
        #expect(
            frame.cost
                == .init(
                    month: month,
                    spent: .zero,
                    held: .zero,
                    limit: nil,
                    requests: 0,
                    quotaRequests: 0,
                    quota: 10_000,
                    outlook: .unknown
                )
        )
        #expect(frame.worstRequests.isEmpty && frame.pendingNotifications == 0 && frame.failedNotifications == 0)
    }

    @Test("latency is drawn from each step's percentiles, with the threshold of the alarm that watches it")
    func latency() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([2, nil, 4], of: "Latency", unit: .seconds, in: store)
        let text = try Repository.text("alarms/latency-p99.json")
        let alarm = try #require(AlarmDefinition.read(json: text, file: "latency-p99.json").definition)
        // A threshold in percent does not belong on this plot.
        let json = """
            {"AlarmName": "share", "Namespace": "ChatService", "MetricName": "Latency", "ExtendedStatistic": "PR(10:)",
             "Unit": "Seconds", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
             "ComparisonOperator": "GreaterThanThreshold"}
            """
        let share = try #require(AlarmDefinition.read(json: json, file: "a.json").definition)
        let frame = try Self.frame(store, [share, alarm])
        #expect(frame.latency.p50 == [2, nil, 4] + Array(repeating: nil, count: 7))
        #expect(frame.latency.p99[0] == 2 && frame.latency.threshold == 10)
        #expect(frame.alarms[1].runbook == "docs/runbooks/latency-p99.md")
    }

    @Test("an alarm without actions of its own names the composite alarm that sends its messages, and lacks no topic")
    func gathered() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([3, 3, 3, 3], in: store)
        let composites = try ["silent", "telling"].map { name in
            let actions = name == "telling" ? #","AlarmActions":["${TopicArn}"]"# : ""
            let json = #"{"AlarmName":"\#(name)","AlarmRule":"ALARM(quiet) OR ALARM(loud)"\#(actions)}"#
            return try #require(AlarmDefinition.read(json: json, file: "a.json").definition)
        }
        let alarms = try [PurserFixture.alarm("quiet", topics: []), PurserFixture.alarm("loud")] + composites
        let time = Self.start + 240
        _ = try PurserFixture.evaluator(store, alarms).run(at: time, ran: time)
        let lines = try Self.frame(store, alarms).alarms
        #expect(lines.map(\.gatherer) == ["telling", nil, nil, nil])
        #expect(lines.map(\.delivery) == [nil, .pending, .noTopic, .noTopic])
    }

    @Test("an alarm's line shows its state, its summary and the delivery of its message")
    func alarmLine() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([3, 3, 3, 3], in: store)
        let alarms = [try PurserFixture.alarm()]
        let time = Self.start + 240
        _ = try PurserFixture.evaluator(store, alarms).run(at: time, ran: time)
        var expected = DashFrame.AlarmLine(
            name: "server-errors",
            state: .alarm,
            summary: "3 > 0, 1 of 1 x 1m",
            since: time,
            delivery: .pending,
            samples: 1
        )
        var frame = try Self.frame(store, alarms)
        #expect(frame.alarms == [expected] && frame.evaluatedAt == time && frame.pendingNotifications == 1)

        let id = try #require(try store.messages(.pending).first).id
        try store.markFailed(id, error: "no")
        expected.delivery = .failed
        frame = try Self.frame(store, alarms)
        #expect(frame.alarms == [expected] && frame.failedNotifications == 1 && frame.pendingNotifications == 0)

        try store.markSent(id, at: time + 5)
        expected.delivery = .sent(time + 5)
        #expect(try Self.frame(store, alarms).alarms == [expected])

        // The state before the evaluation.
        let before = try Self.frame(store, alarms, at: time - 1)
        #expect(before.alarms[0].state == .insufficientData && before.evaluatedAt == nil && before.isEvaluatedLater)
    }

    @Test("with several topics, an alarm's line shows the message that is not delivered")
    func severalTopics() throws {
        let topics = ["a", "b", "c"].map { PurserFixture.topic + "-" + $0 }
        let alarms = [try PurserFixture.alarm(topics: topics)]
        let time = Self.start + 120
        for failed in 0..<3 {
            let folder = try TemporaryFolder()
            let store = try folder.store()
            try PurserFixture.record([1], in: store)
            _ = try PurserFixture.evaluator(store, alarms).run(at: time, ran: time)
            let ids = try store.messages(.pending).map(\.id)
            for (index, id) in ids.enumerated() where index != failed { try store.markSent(id, at: time + index) }
            #expect(try Self.frame(store, alarms).alarms.map(\.delivery) == [.pending])
            try store.markFailed(ids[failed], error: "no")
            #expect(try Self.frame(store, alarms).alarms.map(\.delivery) == [.failed])
            try store.markSent(ids[failed], at: time + 9)
            #expect(try Self.frame(store, alarms).alarms.map(\.delivery) == [.sent(time + 9)])
        }
    }

    @Test("at a time in the past, a composite alarm names the alarms that were in ALARM then")
    func pastComposite() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1, 1, 0, 0, 0], in: store)
        let json = #"{"AlarmName": "both", "AlarmRule": "ALARM(server-errors)"}"#
        let both = try #require(AlarmDefinition.read(json: json, file: "both.json").definition)
        let alarms = [try PurserFixture.alarm(), both]
        for seconds in [120, 300] {
            _ = try PurserFixture.evaluator(store, alarms).run(at: Self.start + seconds, ran: Self.start)
        }
        let past = try Self.frame(store, alarms, at: Self.start + 150)
        #expect(past.evaluatedAt == Self.start + 120)
        #expect(past.alarms.map(\.state) == [.alarm, .alarm] && past.alarms[1].summary == "server-errors in ALARM")
        #expect(try Self.frame(store, alarms, at: Self.start + 310).alarms.map(\.state) == [.ok, .ok])
    }

    @Test("a state that was set by hand, which the data does not explain, says so")
    func byHand() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0, 0, 0, 0], in: store)
        let alarms = [try PurserFixture.alarm()]
        _ = try PurserFixture.evaluator(store, alarms).run(at: Self.start + 120, ran: Self.start)
        _ = try ManualState.set(alarms[0], to: .alarm, reason: "a drill", at: Self.start + 120, in: store)
        let line = try Self.frame(store, alarms, at: Self.start + 150).alarms[0]
        #expect(line.state == .alarm && line.summary == "set by hand: a drill")
    }

    @Test("an alarm without a topic says so while it is in ALARM")
    func noTopic() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1, 0], in: store)
        let alarms = [try PurserFixture.alarm(topics: ["${TopicArn}"])]
        _ = try PurserFixture.evaluator(store, alarms).run(at: Self.start + 120, ran: Self.start)
        #expect(try Self.frame(store, alarms).alarms[0].delivery == .noTopic)
        _ = try PurserFixture.evaluator(store, alarms).run(at: Self.start + 180, ran: Self.start)
        let line = try Self.frame(store, alarms).alarms[0]
        #expect(line.state == .ok && line.delivery == nil && line.summary == nil && line.since == Self.start + 180)
    }

    @Test("the cost is as of the frame's time, and the budget's line shows what needs a person")
    func cost() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let dollars = PurserFixture.dollars
        let budget = BudgetDefinition(
            name: "month",
            limit: try dollars("10"),
            notifications: [
                .init(kind: .actual, threshold: try dollars("5"), thresholdPercent: 50, topics: [PurserFixture.topic]),
                .init(
                    kind: .actual,
                    threshold: try dollars("10"),
                    thresholdPercent: 100,
                    topics: [PurserFixture.topic]
                ),
                .init(kind: .forecasted, threshold: try dollars("10"), thresholdPercent: 100),
            ]
        )
        let at = Self.start + 600
        try PurserFixture.call("1", at: Self.start, settled: Self.start + 1, cost: try dollars("5.1"), in: store)
        try PurserFixture.call("2", at: at - 9, settled: at + 1, cost: try dollars("1"), in: store)
        try PurserFixture.call("3", at: at + 1, settled: at + 2, cost: try dollars("7"), in: store)
        var frame = try Self.frame(store, budget: budget, at: at)
        #expect(frame.cost.spent == (try dollars("5.1")) && frame.cost.held == .dollar && frame.cost.requests == 2)
        // More than half is spent in more than half of the month: a notification, but there is nothing to do.
        #expect(frame.budget == nil && frame.worstRequests.map(\.requestId) == ["2", "1"])

        let over = BudgetFinding(reason: .overLimit, amount: try dollars("13.1"), limit: try dollars("10"))
        let time = at + 60
        frame = try Self.frame(store, budget: budget, at: time)
        #expect(frame.budget == .init(over))
        let run = try PurserFixture.evaluator(store, [], budget: budget).run(at: time, ran: time)
        // Three calls are no base for a forecast.
        #expect(run?.budgets[0].newlyCrossed.map(\.kind) == [.actual, .actual])
        frame = try Self.frame(store, budget: budget, at: time + 60)
        #expect(frame.budget == .init(over, since: time, delivery: .pending))
        for message in try store.messages(.pending) { try store.markSent(message.id, at: time + 5) }
        frame = try Self.frame(store, budget: budget, at: time + 60)
        #expect(frame.budget?.delivery == .sent(time + 5))
        // Before the evaluation it was not known.
        #expect(try Self.frame(store, budget: budget, at: time - 10).budget?.since == nil)
    }

    @Test(
        "a median is the middle value, or halfway between two",
        arguments: [([], nil), ([5, 1, 3], 3), ([4, 1], 2.5)]
    )
    func median(values: [Double], expected: Double?) {
        #expect(DashBuilder.median(values) == expected)
    }
}
