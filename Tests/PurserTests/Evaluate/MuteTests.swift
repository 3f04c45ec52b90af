import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct MuteTests {
    private static let start = PurserFixture.start

    private static func run(_ store: Store, _ alarms: [AlarmDefinition], at minute: Int) throws -> EvaluationRun {
        let evaluator = PurserFixture.evaluator(store, alarms, remindSeconds: 300)
        return try #require(try evaluator.run(at: start + minute * 60, ran: start + minute * 60))
    }

    /// Evaluates every minute up to 30, with the alarm muted from minute 5 to 20; returns the messages' ids.
    private static func messages(breachingMinutes: ClosedRange<Int>, endedAt end: Int? = nil) throws -> [String] {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let alarms = [try PurserFixture.alarm()]
        try PurserFixture.record((0..<40).map { breachingMinutes.contains($0) ? 1 : 0 }, in: store)
        for minute in 2...30 {
            if minute == 5 {
                let state = try #require(try store.alarmRecords()["server-errors"]).state
                let until = start + 20 * 60 + 30
                _ = try store.mute("server-errors", Mute(start: start + 300, until: until, state: state))
            }
            if minute == end { #expect(try store.endMute("server-errors", at: start + minute * 60 - 30) != nil) }
            let run = try run(store, alarms, at: minute)
            let isMuted = (5...min(20, (end ?? 21) - 1)).contains(minute)
            #expect(run.mutes.keys.contains("server-errors") == isMuted, "minute \(minute)")
            #expect(!isMuted || run.queued == 0)
        }
        return try store.messages(.pending).map { message in
            let minute = (message.created - start) / 60_000
            return "\(minute) "
                + message.id.replacing("server-errors/", with: "").replacing("/" + PurserFixture.topic, with: "")
        }
    }

    @Test("a muted alarm sends nothing; at the end it is sent if it is still in ALARM, and reminders go on")
    func stillOn() throws {
        #expect(
            try Self.messages(breachingMinutes: 8...40) == [
                "2 1", "21 2/after-mute-2026-11-16T18:20:30Z", "25 2/reminder-3", "30 2/reminder-4",
            ]
        )
    }

    @Test("an alarm that was on before the mute is sent again at its end, and sends its end if it ended meanwhile")
    func onBefore() throws {
        #expect(
            try Self.messages(breachingMinutes: 0...40) == [
                "2 1", "21 1/after-mute-2026-11-16T18:20:30Z", "22 1/reminder-4", "27 1/reminder-5",
            ]
        )
        #expect(try Self.messages(breachingMinutes: 0...10) == ["2 1", "21 2/after-mute-2026-11-16T18:20:30Z"])
    }

    @Test("what began and ended while the alarm was muted is never sent")
    func within() throws {
        #expect(try Self.messages(breachingMinutes: 8...10) == ["2 1"])
    }

    @Test("a mute can be ended early, and the next evaluation sends what is on")
    func ended() throws {
        #expect(
            try Self.messages(breachingMinutes: 8...40, endedAt: 12).prefix(2) == [
                "2 1", "12 2/after-mute-2026-11-16T18:11:30Z",
            ]
        )
    }

    @Test("muting again before the end was evaluated keeps the state that the topics know")
    func extended() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let alarms = [try PurserFixture.alarm()]
        try PurserFixture.record([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1], in: store)
        _ = try Self.run(store, alarms, at: 2)
        _ = try store.mute("server-errors", Mute(start: Self.start + 150, until: Self.start + 300, state: .ok))
        let again = Mute(start: Self.start + 310, until: Self.start + 400, state: .alarm, person: "ada")
        let mute = try store.mute("server-errors", again)
        #expect(
            mute.state == .ok && mute.start == Self.start + 150 && mute.until == again.until && mute.person == "ada"
        )
        // After an evaluation that saw the end, it is a new one.
        _ = try Self.run(store, alarms, at: 7)
        #expect(try store.mute("server-errors", again) == again)
        #expect(try store.endMute("server-errors", at: Self.start + 500) == nil)
    }

    @Test("a mute that ends while the alarm cannot be read is dealt with once the alarm is evaluated again")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let alarms = [try PurserFixture.alarm()]
        try PurserFixture.record([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], in: store)
        _ = try Self.run(store, alarms, at: 2)
        _ = try store.mute("server-errors", Mute(start: Self.start + 150, until: Self.start + 400, state: .ok))
        _ = try Self.run(store, alarms, at: 5)
        for minute in 6...8 { #expect(try Self.run(store, [], at: minute).queued == 0) }
        #expect(try Self.run(store, alarms, at: 9).queued == 1)
        for minute in 10...13 { _ = try Self.run(store, alarms, at: minute) }
        #expect(try store.messages(.pending).count { $0.id.contains("/after-mute-") } == 1)
        #expect(try store.mutes()["server-errors"]?.isDone == true)
    }

    @Test("an evaluation by a clock that was ahead uses up neither the end of a mute nor reminders")
    func clockAhead() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let alarms = [try PurserFixture.alarm()]
        try PurserFixture.record([0, 0, 0] + Array(repeating: 1, count: 30), in: store)
        try PurserFixture.record([1, 1, 1], from: Self.start + 86_400, in: store)
        _ = try Self.run(store, alarms, at: 2)
        _ = try store.mute("server-errors", Mute(start: Self.start + 150, until: Self.start + 490, state: .ok))
        let ahead = Self.start + 86_400 + 120
        _ = try PurserFixture.evaluator(store, alarms).run(at: ahead, ran: ahead)
        let before = Set(try store.messages(.pending).map(\.id))
        for minute in 3...20 { _ = try Self.run(store, alarms, at: minute) }
        let ids = try store.messages(.pending).map(\.id).filter { !before.contains($0) }
        #expect(ids.count { $0.contains("/after-mute-") } == 1, "\(ids)")
        #expect(ids.contains { $0.contains("/reminder-") }, "\(ids)")
    }

    @Test("an acknowledgement with an end stops reminders until then")
    func acknowledgedForATime() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let alarms = [try PurserFixture.alarm()]
        try PurserFixture.record(Array(repeating: 1, count: 40), in: store)
        _ = try Self.run(store, alarms, at: 2)
        let seen = Acknowledgement(transition: 1, time: Self.start + 180, until: Self.start + 18 * 60, person: "ada")
        try store.acknowledge("server-errors", seen)
        for minute in 3...25 { _ = try Self.run(store, alarms, at: minute) }
        let ids = try store.messages(.pending).map { $0.id.replacing("/" + PurserFixture.topic, with: "") }
        #expect(ids == ["server-errors/1", "server-errors/1/reminder-4"])
        #expect(try store.acknowledgements()["server-errors"] == seen)
    }
}
