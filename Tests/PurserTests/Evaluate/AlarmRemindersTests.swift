import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct AlarmRemindersTests {
    private static let start = PurserFixture.start

    private static func run(_ store: Store, _ alarms: [AlarmDefinition], at seconds: Int) throws -> EvaluationRun {
        let evaluator = PurserFixture.evaluator(store, alarms, remindSeconds: 600)
        return try #require(try evaluator.run(at: start + seconds, ran: start + seconds))
    }

    /// Returns a store whose alarm is in ALARM from the second minute on.
    private static func alarming(_ folder: TemporaryFolder, _ alarms: [AlarmDefinition], minutes: Int = 60) throws
        -> Store
    {
        let store = try folder.store()
        try PurserFixture.record(Array(repeating: 1, count: minutes), in: store)
        #expect(try run(store, alarms, at: 120).alarms.map(\.record.state) == [.alarm])
        return store
    }

    @Test("an alarm that stays in ALARM sends reminders at intervals, with the id of its change plus a count")
    func reminders() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.alarming(folder, alarms)
        for minute in 3...24 { _ = try Self.run(store, alarms, at: minute * 60) }
        let messages = try store.messages(.pending)
        let change = "server-errors/1/\(PurserFixture.topic)"
        #expect(messages.map(\.id) == [change, change + "/reminder-1", change + "/reminder-2"])
        #expect(messages.map { ($0.created - Self.start) / 60_000 } == [2, 12, 22])
        #expect(messages[2].attributes.last == .init("reminder", "2"))
        let body = try JSONValue(parsing: messages[2].body)
        #expect(body["NewStateValue"] == "ALARM" && body["OldStateValue"] == "ALARM")
        #expect(body["StateChangeTime"] == "2026-11-16T18:02:00.000+0000")
    }

    @Test("after a pause, one reminder is sent, not one for each that was missed")
    func pause() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.alarming(folder, alarms)
        _ = try Self.run(store, alarms, at: 50 * 60)
        #expect(try store.messages(.pending).map(\.id).last?.hasSuffix("/reminder-4") == true)
        #expect(try store.messageCount(.pending) == 2)
    }

    @Test("an acknowledgement stops the reminders for its change but silences no other change")
    func acknowledged() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try folder.store()
        try PurserFixture.record(
            Array(repeating: 1, count: 20) + [0, 0, 0] + Array(repeating: 1, count: 30),
            in: store
        )
        _ = try Self.run(store, alarms, at: 120)
        try store.acknowledge("server-errors", Acknowledgement(transition: 1, time: Self.start + 180, note: "on it"))
        #expect(try Self.run(store, alarms, at: 15 * 60).acknowledgements.keys.sorted() == ["server-errors"])
        #expect(try store.messageCount(.pending) == 1)
        for minute in 16...40 { _ = try Self.run(store, alarms, at: minute * 60) }
        let ids = try store.messages(.pending).map { $0.id.replacing("/" + PurserFixture.topic, with: "") }
        #expect(ids == ["server-errors/1", "server-errors/2", "server-errors/3", "server-errors/3/reminder-1"])
        #expect(try Self.run(store, alarms, at: 41 * 60).acknowledgements.isEmpty)
    }

    @Test("a state set by hand is a change like any other: it is sent, and the next evaluation changes it back")
    func byHand() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try folder.store()
        try PurserFixture.record(Array(repeating: 0, count: 60), in: store)
        _ = try Self.run(store, alarms, at: 120)
        // Two minutes have not been evaluated yet; they must not undo the later change.
        let at = Self.start + 270
        guard
            case .set(let change, let queued) = try ManualState.set(
                alarms[0],
                to: .alarm,
                reason: "drill",
                at: at,
                in: store
            )
        else {
            Issue.record("the state was not set")
            return
        }
        #expect(change.number == 2 && change.oldState == .ok && queued == 1)
        guard case .unchanged = try ManualState.set(alarms[0], to: .alarm, reason: "drill", at: at, in: store) else {
            Issue.record("the state was set twice")
            return
        }
        let message = try #require(try store.messages(.pending).last)
        #expect(message.id == "server-errors/2/\(PurserFixture.topic)")
        #expect(try JSONValue(parsing: message.body)["NewStateReason"] == "drill")
        let run = try Self.run(store, alarms, at: 330)
        #expect(run.changes.map(\.transition.number) == [3] && run.changes[0].transition.time == Self.start + 300)
        #expect(try store.alarmRecords()["server-errors"]?.state == .ok)
    }

    @Test("an evaluation in progress when a state is set by hand commits nothing")
    func overtaken() throws {
        let folder = try TemporaryFolder()
        let alarms = [try PurserFixture.alarm()]
        let store = try Self.alarming(folder, alarms)
        var record = try #require(try store.alarmRecords()["server-errors"])
        guard case .set = try ManualState.set(alarms[0], to: .ok, reason: "drill", at: Self.start + 150, in: store)
        else {
            Issue.record("the state was not set")
            return
        }
        record.definition = "{}"
        let commit = EvaluationCommit(
            previous: Self.start + 120,
            time: Self.start + 180,
            ran: Self.start + 180,
            alarms: [record],
            transitions: [],
            messages: []
        )
        #expect(try !store.commit(commit))
        #expect(try store.alarmRecords()["server-errors"]?.state == .ok)
        #expect(try store.lastEvaluation()?.time == Self.start + 120)
    }
}
