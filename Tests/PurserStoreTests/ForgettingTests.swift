import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite struct ForgettingTests {
    private static let day = 86_400

    /// Changes an alarm's state on a day, with a message that is sent unless `isPending`.
    private static func change(
        _ name: String,
        _ number: Int,
        day: Int,
        isPending: Bool = false,
        reminders: [Int] = [],
        in store: Store
    ) throws {
        let time = RollUpTests.start + day * Self.day
        let state = number % 2 == 1 ? AlarmState.alarm : .ok
        let record = AlarmRecord(
            name: name,
            state: state,
            reason: "r",
            reasonData: nil,
            updated: time,
            transition: number,
            definition: "{}",
            configured: time
        )
        let transition = AlarmTransition(
            name: name,
            number: number,
            time: time,
            oldState: state == .alarm ? .ok : .alarm,
            newState: state,
            reason: "r",
            reasonData: nil
        )
        let message = OutboxMessage(
            id: "\(name)/\(number)",
            target: OutboxMessage.Target("arn:aws:sns:us-east-1:111122223333:oncall"),
            subject: "s",
            body: "b",
            attributes: [],
            about: .alarm(name, change: number),
            created: time
        )
        var messages = [message]
        for day in reminders {
            var reminder = message
            reminder.id += "/reminder-\(day)"
            reminder.attributes = [.init("reminder", String(day))]
            reminder.created = RollUpTests.start + day * Self.day
            messages.append(reminder)
        }
        #expect(try store.set(record, transition, messages: messages))
        for message in isPending ? [] : messages { try store.markSent(message.id, at: message.created) }
    }

    private static func ids(_ store: Store) throws -> Set<String> {
        Set(try (store.messages(.sent) + store.messages(.pending)).map(\.id))
    }

    private static func changes(_ store: Store) throws -> Set<String> {
        Set(try store.transitions(limit: 100).map { "\($0.name)/\($0.number)" })
    }

    private static func record(day: Int, in store: Store, _ sequence: Int) throws {
        let point = try StoreTests.point("A", at: (RollUpTests.start + day * Self.day).seconds)
        #expect(try store.record(Flush(writer: "w", sequence: sequence, points: [point])))
    }

    @Test("old messages and changes are removed, but not an alarm's last change, its messages, or a pending message")
    func forgotten() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.change("a", 1, day: 0, in: store)
        try Self.change("a", 2, day: 1, isPending: true, in: store)
        try Self.change("a", 3, day: 5, in: store)
        try Self.change("a", 4, day: 9, in: store)
        try Self.change("b", 1, day: 0, in: store)
        try store.setRetention(Retention(changing: .standard, texts: ["messages=3d", "history=7d"]))
        try Self.record(day: 10, in: store, 1)
        try store.rollUp(now: RollUpTests.start + 10 * Self.day + 3600)
        #expect(try Self.ids(store) == ["a/2", "a/4", "b/1"])
        #expect(try Self.changes(store) == ["a/3", "a/4", "b/1"])
    }

    @Test("reminders of an alarm that stays in ALARM are removed, although the message of its change stays")
    func reminders() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.change("a", 1, day: 0, reminders: [1, 2, 99, 100], in: store)
        try Self.record(day: 100, in: store, 1)
        try store.rollUp(now: RollUpTests.start + 100 * Self.day + 3600)
        #expect(try Self.ids(store) == ["a/1", "a/1/reminder-99", "a/1/reminder-100"])
    }

    @Test("a shorter retention takes effect with the next roll-up, counted from when a message was sent")
    func shorter() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let now = RollUpTests.start + 10 * Self.day + 3600
        for day in [0, 1, 2] { try Self.change("a", day + 1, day: day, isPending: day == 1, in: store) }
        try store.markSent("a/2", at: now - 3600)
        try Self.record(day: 10, in: store, 1)
        try store.rollUp(now: now)
        try store.setRetention(Retention(changing: store.retention(), texts: ["messages=2d"]))
        try store.rollUp(now: now, isTimeUp: { true })
        #expect(try Self.ids(store) == ["a/1", "a/2", "a/3"])
        try store.rollUp(now: now)
        #expect(try Self.ids(store) == ["a/2", "a/3"])
        #expect(try store.rollUp(now: now) == RollUpResult())
    }

    @Test("by default messages are kept for 90 days and changes for two years")
    func defaults() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        for (number, day) in [0, 640, 641, 730, 731].enumerated() {
            try Self.change("a", number + 1, day: day, in: store)
        }
        try Self.record(day: 731, in: store, 1)
        try store.rollUp(now: RollUpTests.start + 731 * Self.day + 3600)
        #expect(try Self.ids(store) == ["a/3", "a/4", "a/5"])
        #expect(try Self.changes(store) == ["a/2", "a/3", "a/4", "a/5"])
    }

    @Test("a clock far ahead removes nothing that the data's own time would keep")
    func clockAhead() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.change("a", 1, day: 0, in: store)
        try Self.change("a", 2, day: 1, in: store)
        try Self.record(day: 2, in: store, 1)
        try store.rollUp(now: RollUpTests.start + 5000 * Self.day)
        #expect(try Self.ids(store) == ["a/1", "a/2"] && Self.changes(store) == ["a/1", "a/2"])
    }
}
