import PurserAWS
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

@testable import Purser

@Suite struct OutboxSenderTests {
    static let start = PurserFixture.start
    static let down = PublishResult.retryable(reason: "the connection was refused")

    /// Returns a sender whose attempts get `results` in turn, the last one repeatedly; it logs to the journal.
    static func sender(_ store: Store, _ results: [PublishResult], _ journal: Journal<String>) -> OutboxSender {
        let rest = Mutex(results)
        return OutboxSender(
            store: store,
            deliver: { message in
                journal.add(message.id)
                return rest.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            },
            now: { start + 100 },
            sleep: { journal.add("wait \($0)") },
            jitter: { 0 }
        )
    }

    static func run(_ store: Store, _ results: PublishResult...) throws -> (report: DeliveryReport, journal: [String]) {
        let journal = Journal<String>()
        let report = try #require(try sender(store, results, journal).run())
        return (report, journal.all)
    }

    static func marked(_ store: Store) throws -> [OutboxMessage] {
        try store.messages(about: "server-errors", limit: 100)
    }

    @Test("messages are sent oldest first and marked as sent")
    func order() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue(
            [
                PurserFixture.message("b", created: Self.start + 60),
                PurserFixture.message("c", created: Self.start + 60),
                PurserFixture.message("a", created: Self.start),
            ],
            in: store
        )
        let (report, journal) = try Self.run(store, .sent(messageID: "1"))
        #expect(journal == ["a", "b", "c"])
        #expect(report.sent.map(\.id) == ["a", "b", "c"] && !report.isIncomplete)
        #expect(try store.messageCount(.pending) == 0)
        let stored = try Self.marked(store)
        #expect(stored.allSatisfy { $0.status == .sent && $0.sent == Self.start + 100 && $0.attempts == 1 })
        #expect(Set(stored.map(\.id)) == ["a", "b", "c"] && report.sent.allSatisfy(stored.contains))
        let again = try Self.run(store, .sent(messageID: "2"))
        #expect(again.report == DeliveryReport() && again.journal.isEmpty)
    }

    @Test("if the store fails during a run, the report contains the messages sent and the error")
    func failingStore() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let messages = [
            PurserFixture.message("a", created: Self.start), PurserFixture.message("b", created: Self.start + 1),
        ]
        try PurserFixture.queue(messages, in: store)
        try store.breakForTest(
            "CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN OLD.id = 'b' BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
        let report = try Self.run(store, .sent(messageID: "1")).report
        #expect(report.sent.map(\.id) == ["a"] && report.failure?.contains("no room") == true && report.isIncomplete)
    }

    @Test("a new message is tried up to three times with increasing delays, until an attempt succeeds")
    func threeAttempts() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue([PurserFixture.message("a")], in: store)
        let (report, journal) = try Self.run(store, Self.down, Self.down, .sent(messageID: "1"))
        #expect(journal == ["a", "wait 0.5 seconds", "a", "wait 1.0 seconds", "a"])
        #expect(report.sent.map(\.attempts) == [3] && !report.isIncomplete)
        let stored = try #require(try Self.marked(store).first)
        #expect(stored.status == .sent && stored.attempts == 3 && stored.error == nil && stored.nextAttempt == nil)
    }

    @Test("an undeliverable message stays pending, later ones are tried once, and the next run tries each once")
    func waiting() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue(
            [PurserFixture.message("a"), PurserFixture.message("b", source: "latency-p99")],
            in: store
        )
        let (report, journal) = try Self.run(store, Self.down)
        #expect(journal == ["a", "wait 0.5 seconds", "a", "wait 1.0 seconds", "a", "b"])
        #expect(report.waiting.map(\.id) == ["a", "b"] && report.isIncomplete && report.sent.isEmpty)
        let stored = try store.messages(.pending)
        #expect(stored == report.waiting && stored.map(\.attempts) == [3, 1])
        #expect(stored.allSatisfy { $0.error == "the connection was refused" && $0.nextAttempt == Self.start + 160 })

        // The next attempts are not due yet by the sender's clock: a run tries them anyway.
        let next = try Self.run(store, Self.down)
        #expect(next.journal == ["a", "b"] && next.report.waiting.map(\.attempts) == [4, 2])
        let last = try Self.run(store, .sent(messageID: "1"))
        #expect(last.journal == ["a", "b"] && !last.report.isIncomplete)
        #expect(try Self.marked(store).allSatisfy { $0.error == nil && $0.nextAttempt == nil && $0.status == .sent })
    }

    @Test("nothing overtakes a message of the same alarm and topic")
    func noOvertaking() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue([PurserFixture.message("a"), PurserFixture.message("b")], in: store)
        let (report, journal) = try Self.run(store, Self.down)
        #expect(journal == ["a", "wait 0.5 seconds", "a", "wait 1.0 seconds", "a"])
        #expect(report.waiting.map(\.id) == ["a", "b"] && report.waiting[1].error == "waits for a")
        #expect(try Self.run(store, .sent(messageID: "1")).report.sent.map(\.id) == ["a", "b"])
    }

    @Test("a refused message is given up immediately, does not hold up others, and is counted until it is retried")
    func rejected() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue([PurserFixture.message("a"), PurserFixture.message("b")], in: store)
        let reason = "AuthorizationError (HTTP status 403)"
        let (report, journal) = try Self.run(store, .rejected(reason: reason), .sent(messageID: "1"))
        #expect(journal == ["a", "b"])
        #expect(report.failed.map(\.id) == ["a"] && report.sent.map(\.id) == ["b"] && report.failedBefore == 0)
        #expect(report.isIncomplete)
        #expect(try store.messages(.failed) == report.failed && report.failed[0].error == reason)

        let next = try Self.run(store, .sent(messageID: "2"))
        #expect(next.journal.isEmpty && next.report.failed.isEmpty)
        #expect(next.report.failedBefore == 1 && next.report.isIncomplete)
        #expect(try store.retryFailedMessages(late: PurserFixture.start + 60) == 1)
        let retried = try Self.run(store, .sent(messageID: "3"))
        #expect(retried.journal == ["a"] && !retried.report.isIncomplete)
        #expect(try store.messages(.sent).allSatisfy(\.attributes.isEmpty))
    }

    @Test("a message retried after more than a minute is marked late; dropping failed ones clears the exit code")
    func lateOrDropped() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue([PurserFixture.message("a"), PurserFixture.message("b")], in: store)
        _ = try Self.run(store, .rejected(reason: "NotFound"), .rejected(reason: "NotFound"))
        #expect(try store.retryFailedMessages(late: PurserFixture.start + 61) == 2)
        let retried = try Self.run(store, .sent(messageID: "1"), .rejected(reason: "NotFound"))
        #expect(retried.report.sent.map(\.attributes) == [[.init("late", "true")]])
        #expect(try store.dropFailedMessages() == ["b"])
        #expect(try !Self.run(store).report.isIncomplete)
    }

    @Test("a message that was delivered but not marked is sent again under the same id")
    func crashBeforeMark() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue([PurserFixture.message("a"), PurserFixture.message("b")], in: store)
        try store.breakForTest(
            "CREATE TRIGGER crash BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'the power went out'); END"
        )
        let journal = Journal<String>()
        let sender = Self.sender(store, [.sent(messageID: "1")], journal)
        #expect(try sender.run()?.failure?.contains("the power went out") == true)
        #expect(journal.all == ["a"])
        #expect(try store.messages(.pending).map(\.attempts) == [0, 0])
        try store.breakForTest("DROP TRIGGER crash")
        #expect(try sender.run()?.sent.map(\.id) == ["a", "b"])
        #expect(journal.all == ["a", "a", "b"])
    }

    @Test("a message queued during a run is tried in the same run")
    func queuedMeanwhile() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue([PurserFixture.message("a")], in: store)
        let journal = Journal<String>()
        let sender = OutboxSender(
            store: store,
            deliver: { message in
                journal.add(message.id)
                if message.id != "a" { return Self.down }
                do {
                    // This message is older than the one being sent, as in a run that catches up.
                    try PurserFixture.queue([PurserFixture.message("b", created: Self.start - 60)], in: store)
                } catch {
                    Issue.record(error)
                }
                return .sent(messageID: "1")
            },
            now: { Self.start },
            sleep: { _ in },
            jitter: { 0 }
        )
        let report = try #require(try sender.run())
        // A run does not retry a pending message again and again.
        #expect(journal.all == ["a", "b", "b", "b"])
        #expect(report.sent.map(\.id) == ["a"] && report.waiting.map(\.id) == ["b"])
    }

    @Test("while one process sends, another returns immediately")
    func alone() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.queue([PurserFixture.message("a")], in: store)
        let other = try Store(path: store.path, .existing)
        let journal = Journal<String>()
        let report = try other.whileAlone(in: .send) {
            try Self.sender(store, [.sent(messageID: "1")], journal).run()
        }
        #expect(report == .some(nil) && journal.all.isEmpty)
        #expect(try store.messages(.pending).map(\.id) == ["a"])
    }

    @Test(
        "the wait doubles, and the jitter subtracts up to half of it",
        arguments: [(1, 0, 500), (2, 0, 1000), (3, 0, 2000), (1, 1, 250), (2, 0.5, 750)] as [(Int, Double, Int)]
    )
    func backoff(attempt: Int, jitter: Double, milliseconds: Int) {
        #expect(OutboxSender.backoff(after: attempt, jitter: jitter) == .milliseconds(milliseconds))
    }
}
