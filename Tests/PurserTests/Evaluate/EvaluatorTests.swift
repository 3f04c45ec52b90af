import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct EvaluatorTests {
    static let start = PurserFixture.start

    /// Runs a punctual evaluation as of `seconds` after the start.
    static func run(
        _ store: Store,
        _ alarms: [AlarmDefinition],
        at seconds: Int,
        isDryRun: Bool = false
    ) throws -> EvaluationRun {
        let time = start + seconds
        let run = try PurserFixture.evaluator(store, alarms).run(at: time, ran: time + 1, isDryRun: isDryRun)
        return try #require(run)
    }

    /// Returns the transitions, earliest first: number, states and seconds after the start.
    static func history(_ store: Store) throws -> [String] {
        try store.transitions(limit: 100).reversed().map { change in
            "\(change.number) \(change.oldState.rawValue) > \(change.newState.rawValue) +\((change.time - start) / 1000)"
        }
    }

    /// Returns a store whose alarms were evaluated once, after two minutes, and are OK; messages about that were sent.
    static func settled(_ folder: TemporaryFolder, _ values: [Double?], _ alarms: [AlarmDefinition]) throws -> Store {
        let store = try folder.store()
        try PurserFixture.record(values, in: store)
        let first = try run(store, alarms, at: 120)
        #expect(first.alarms.map(\.record.state) == alarms.map { _ in .ok })
        for message in try store.messages(.pending) { try store.markSent(message.id, at: start + 120) }
        return store
    }

    @Test("the first evaluation covers only its own time, whatever was recorded before")
    func first() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0, 1, 0, 1, 0, 1, 1, 1, 1, 1], in: store)
        let run = try Self.run(store, [try PurserFixture.alarm()], at: 600)
        #expect(run.kind == .first)
        #expect(try Self.history(store) == ["1 INSUFFICIENT_DATA > ALARM +600"])
        #expect(run.queued == 1 && run.alarms[0].isChanged)
        #expect(run.changes.map(\.summary) == ["1 > 0, 1 of 1 x 1m"])
        let evaluation = try #require(try store.lastEvaluation())
        #expect(evaluation.time == Self.start + 600 && evaluation.ran == Self.start + 601)
    }

    @Test("a new alarm without data is in INSUFFICIENT_DATA with the reason CloudWatch gives")
    func newAlarm() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let run = try Self.run(store, [try PurserFixture.alarm(treatMissingData: "missing")], at: 600)
        let record = try #require(try store.alarmRecords()["server-errors"])
        #expect(record == run.alarms[0].record)
        #expect(record.state == .insufficientData && record.reason == "Unchecked: Initial alarm creation")
        #expect(record.transition == 0 && record.updated == Self.start + 600 && record.configured == Self.start + 600)
        #expect(run.queued == 0 && run.changes.isEmpty)
    }

    @Test("an alarm that fired and ended between two runs is in the history, but no message is sent")
    func missedEpisode() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.settled(folder, [0, 0, 0, 0, 1, 0, 0, 0, 0, 0], alarms)
        let run = try Self.run(store, alarms, at: 630)
        // 180, 240, ... 600, and the time of the run itself.
        #expect(run.kind == .continued(steps: 9))
        #expect(
            try Self.history(store)
                == ["1 INSUFFICIENT_DATA > OK +120", "2 OK > ALARM +360", "3 ALARM > OK +420"]
        )
        #expect(run.queued == 0 && run.changes.count == 2 && !run.alarms[0].isChanged)
        #expect(try store.messageCount(.pending) == 0)
        let record = try #require(try store.alarmRecords()["server-errors"])
        #expect(record.transition == 3 && record.updated == Self.start + 420 && record.state == .ok)
        let reason = "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (16/11/26 18:04:00)] was greater than the"
        #expect(try store.transitions(limit: 2)[1].reason.hasPrefix(reason))
    }

    @Test("an alarm that stays in ALARM sends one message, marked late and with its true time")
    func lateMessage() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.settled(folder, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1], alarms)
        let run = try Self.run(store, alarms, at: 630)
        #expect(try Self.history(store).last == "2 OK > ALARM +360" && run.queued == 1)
        let message = try #require(try store.messages(.pending).first)
        #expect(message.id == "server-errors/2/" + PurserFixture.topic)
        #expect(
            message.target.description == PurserFixture.topic && message.about == .alarm("server-errors", change: 2)
        )
        #expect(message.created == Self.start + 360)
        #expect(message.attributes.last == .init("late", "true"))
        let body = try JSONValue(parsing: message.body)
        #expect(body["StateChangeTime"] == "2026-11-16T18:06:00.000+0000")
        #expect(body["OldStateValue"] == "OK" && body["NewStateValue"] == "ALARM")
    }

    @Test("running every minute gives the same result as one run that catches up, and no message is late")
    func everyMinute() throws {
        let values: [Double?] = [0, 0, 1, 1, 0, nil, nil, nil, 1, 0, 0, 1]
        let alarms = [try PurserFixture.alarm(), try PurserFixture.alarm("ignoring", treatMissingData: "ignore")]
        let folder = try TemporaryFolder()
        let store = try Self.settled(folder, values, alarms)
        for minute in 3...13 {
            let run = try Self.run(store, alarms, at: minute * 60)
            #expect(run.kind == .continued(steps: 1))
        }
        let other = try TemporaryFolder()
        let late = try Self.settled(other, values, alarms)
        _ = try Self.run(late, alarms, at: 13 * 60)
        #expect(try store.alarmRecords() == late.alarmRecords())
        #expect(Set(try Self.history(store)) == Set(try Self.history(late)))
        let messages = try store.messages(.pending)
        #expect(messages.count > 4)
        #expect(messages.allSatisfy { message in !message.attributes.contains { $0.name == "late" } })
        #expect(Set(messages.map(\.id)).count == messages.count)
    }

    @Test("a message about several changes reports the change from the state sent last to the newest state")
    func netChange() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm(treatMissingData: "missing")]
        let store = try Self.settled(folder, [0, 1], alarms)
        let run = try Self.run(store, alarms, at: 600)
        #expect(
            try Self.history(store)
                == ["1 INSUFFICIENT_DATA > OK +120", "2 OK > ALARM +180", "3 ALARM > INSUFFICIENT_DATA +360"]
        )
        #expect(run.queued == 1)
        let message = try #require(try store.messages(.pending).first)
        #expect(message.id == "server-errors/3/" + PurserFixture.topic)
        let body = try JSONValue(parsing: message.body)
        #expect(body["OldStateValue"] == "OK" && body["NewStateValue"] == "INSUFFICIENT_DATA")
        #expect(body["StateChangeTime"] == "2026-11-16T18:06:00.000+0000")
    }

    @Test("every topic of the new state gets its own message")
    func topics() throws {
        let folder = try TemporaryFolder()
        let topics = ["a", "b"].map { PurserFixture.topic + "-" + $0 }
        let store = try folder.store()
        try PurserFixture.record([1], in: store)
        let run = try Self.run(store, [try PurserFixture.alarm(topics: topics)], at: 120)
        #expect(run.queued == 2)
        #expect(try store.messages(.pending).map(\.id) == topics.map { "server-errors/1/" + $0 })
        #expect(try store.messages(.pending).map(\.target.description) == topics)
    }

    @Test("a gap of a day is caught up, and a longer one is skipped")
    func jump() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.settled(folder, [0, 0, 0, 1], alarms)
        let day = 120 + 86_400
        #expect(try Self.run(store, alarms, at: day, isDryRun: true).kind == .continued(steps: 1440))
        #expect(try Self.run(store, alarms, at: day, isDryRun: true).changes.count == 2)
        let run = try Self.run(store, alarms, at: day + 1)
        #expect(run.kind == .jumped(over: Self.start + 120))
        #expect(run.changes.isEmpty && run.alarms[0].record.state == .ok)
        #expect(try store.lastEvaluation()?.time == Self.start + day + 1)
    }

    @Test("nothing happens until the clock passes the last evaluation", arguments: [0, 60, 120])
    func clockBehind(seconds: Int) throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.settled(folder, [0, 1, 1, 1], alarms)
        let (records, evaluation) = (try store.alarmRecords(), try store.lastEvaluation())
        let run = try Self.run(store, alarms + [try PurserFixture.alarm("new")], at: seconds)
        #expect(run.kind == .clockBehind(last: Self.start + 120))
        #expect(run.alarms.map(\.record.state) == [.ok, .insufficientData] && run.alarms[0].evaluation == nil)
        #expect(run.changes.isEmpty && run.queued == 0)
        #expect(try store.alarmRecords() == records && store.lastEvaluation() == evaluation)
    }

    @Test("a changed definition keeps the state and its number, and the time of the change is recorded")
    func changedDefinition() throws {
        let folder = try TemporaryFolder()
        let alarm = try PurserFixture.alarm()
        let store = try Self.settled(folder, [0, 1, 1, 1, 1, 1], [alarm])
        _ = try Self.run(store, [alarm], at: 180)
        let changed = try PurserFixture.alarm(threshold: 0.5)
        let run = try Self.run(store, [changed], at: 240)
        let record = try #require(try store.alarmRecords()["server-errors"])
        #expect(record.state == .alarm && record.transition == 2 && run.changes.isEmpty)
        #expect(record.updated == Self.start + 180 && record.configured == Self.start + 240)
        #expect(record.definition == changed.canonicalJSON && record.definition != alarm.canonicalJSON)
        _ = try Self.run(store, [changed], at: 300)
        #expect(try store.alarmRecords()["server-errors"]?.configured == Self.start + 240)
    }

    @Test(
        "an alarm with disabled or unfilled actions changes its state and sends no message",
        arguments: [(false, PurserFixture.topic), (true, "${TopicArn}")]
    )
    func silent(isEnabled: Bool, topic: String) throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1], in: store)
        let run = try Self.run(store, [try PurserFixture.alarm(isEnabled: isEnabled, topics: [topic])], at: 120)
        #expect(run.changes.count == 1 && run.queued == 0)
        #expect(try store.alarmRecords()["server-errors"]?.state == .alarm)
        #expect(try store.messageCount(.pending) == 0)
    }

    @Test("a dry run reports what would happen, and stores nothing")
    func dryRun() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1], in: store)
        let run = try Self.run(store, [try PurserFixture.alarm()], at: 120, isDryRun: true)
        #expect(run.changes.count == 1 && run.queued == 0 && run.alarms[0].record.state == .alarm)
        #expect(try store.lastEvaluation() == nil && store.alarmRecords().isEmpty)
        #expect(try store.messageCount(.pending) == 0 && store.transitions(limit: 9).isEmpty)
    }

    @Test("a run commits nothing if another evaluation was stored since it began")
    func compareAndSet() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.settled(folder, [0, 1, 1], alarms)
        // From here on, each read of the last evaluation returns a different one, as if another run were always faster.
        try store.breakForTest(
            """
            ALTER TABLE evaluation RENAME TO hidden;
            CREATE VIEW evaluation AS SELECT id, time - abs(random() % 40000000) AS time, ran FROM hidden;
            """
        )
        let (records, history) = (try store.alarmRecords(), try Self.history(store))
        let time = Self.start + 300
        #expect(try PurserFixture.evaluator(store, alarms).run(at: time, ran: time) == nil)
        #expect(try store.alarmRecords() == records && Self.history(store) == history)
        #expect(try store.messageCount(.pending) == 0)
    }

    @Test("of many concurrent runs, exactly one commits")
    func race() async throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.settled(folder, [0, 1, 1], alarms)
        let time = Self.start + 240
        let kinds = try await withThrowingTaskGroup(of: EvaluationRun.Kind?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let own = try Store(path: store.path, .existing)
                    return try PurserFixture.evaluator(own, alarms).run(at: time, ran: time)?.kind
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds.filter { $0 == .continued(steps: 2) }.count == 1)
        #expect(kinds.allSatisfy { $0 == nil || $0 == .continued(steps: 2) || $0 == .clockBehind(last: time) })
        #expect(try Self.history(store).count == 2 && store.messageCount(.pending) == 1)
    }

    @Test("a budget is compared with the costs settled before the evaluation, and with the forecast")
    func budget() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let limit = try PurserFixture.dollars("10")
        let budget = BudgetDefinition(
            name: "month",
            limit: limit,
            notifications: [
                .init(kind: .actual, threshold: try PurserFixture.dollars("5"), thresholdPercent: 50),
                .init(kind: .actual, threshold: try PurserFixture.dollars("6"), thresholdPercent: 60),
                .init(kind: .forecasted, threshold: limit, thresholdPercent: 100),
            ]
        )
        let six = try PurserFixture.dollars("6")
        try PurserFixture.call("1", at: Self.start, settled: Self.start + 5, cost: six, in: store)
        try PurserFixture.call("2", at: Self.start, settled: Self.start + 60, in: store)
        try PurserFixture.call("old", at: Self.start - 20 * 86_400, settled: Self.start, in: store)
        // Fewer calls are no base for a forecast.
        for number in 0..<30 {
            let id = "free-\(number)"
            try PurserFixture.call(id, at: Self.start, settled: Self.start + 5, cost: .zero, in: store)
        }
        let evaluator = PurserFixture.evaluator(store, [], budget: budget)
        let run = try #require(try evaluator.run(at: Self.start + 60, ran: Self.start))
        #expect(run.budgets.count == 1 && run.budgets[0].actual == six)
        // 15 days, 18 hours and one minute out of 30 days.
        let elapsed = Int(15 * 86_400 + 18 * 3600 + 60)
        let forecast = try #require(run.budgets[0].forecast)
        #expect(abs(forecast.dollars - 6 * 2_592_000 / Double(elapsed)) < 1e-6)
        // An amount equal to the threshold does not cross it.
        #expect(run.budgets[0].notifications.map(\.isCrossed) == [true, false, true])
        let early = CalendarMonth(containing: Self.start).next.start + 86_400
        let next = try #require(try evaluator.run(at: early, ran: early))
        #expect(next.budgets[0].actual == .zero && next.budgets[0].forecast == nil)
        #expect(next.budgets[0].notifications.allSatisfy { !$0.isCrossed })
    }
}
