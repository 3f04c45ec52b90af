import Foundation
import GRDB
import PurserCore
@testable import PurserStore
import TestSupport
import Testing

@Suite struct RestoreTests {
    private static let time = BackupTests.time
    private static let month = CalendarMonth(containing: time)

    private func refusal(_ part: String) -> (any Error) -> Bool {
        { $0 is BackupError && "\($0)".contains(part) }
    }

    /// Restores the copy in a folder to the store in it.
    @discardableResult
    private func restore(
        _ folder: TemporaryFolder,
        _ file: String = "copy.db",
        isForced: Bool = false,
        spent: String? = nil,
        at time: Timestamp = time + 3600
    ) throws -> RestoredStore {
        let request = Store.RestoreRequest(
            file: folder.path(file),
            path: folder.path("purser.db"),
            isForced: isForced,
            spent: spent.flatMap { Picodollars(dollars: $0) }
        )
        return try Store.restore(request, at: time)
    }

    /// Returns a folder with a copy of a store, in which a call of a dollar is settled and another of 50 cents is held.
    private func withCopy() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try BackupTests.call("1", cents: 100, in: store)
        let held = try LedgerTests.reservation(
            "held",
            hold: Picodollars(500_000_000_000),
            lease: Self.time + 600
        )
        #expect(try store.reserve(held).isReserved)
        _ = try store.backup(to: folder.path("copy.db"), replaces: false, at: Self.time)
        return folder
    }

    private func remove(_ folder: TemporaryFolder, suffixes: [String] = Store.fileSuffixes) {
        for suffix in suffixes { _ = unlink(folder.path("purser.db" + suffix)) }
    }

    @Test("without a store, the copy becomes the store; its holds end by their lease and are charged")
    func nothingThere() throws {
        let folder = try withCopy()
        // The log of the store that is gone belongs to it alone.
        remove(folder, suffixes: ["", "-shm"])
        try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: folder.path("purser.db-wal")))
        let restored = try restore(folder)
        #expect(restored.kept == nil && restored.unreadable == nil && restored.ledgerRows == 2)
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.monthTotal(Self.month).spent == LedgerTests.dollar)
        #expect(try store.settleAbandoned(at: Self.time + 3600) == 1)
        #expect(try store.monthTotal(Self.month).spent == Picodollars(1_500_000_000_000))
        #expect(try store.restorations() == [restored.restoration] && restored.restoration.copied == Self.time)
        #expect(try store.health().faults == [])
        var status = stat()
        #expect(stat(store.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("what the replaced store's ledger knows is carried over, so that the budget does not begin anew")
    func carriedOver() throws {
        let folder = try withCopy()
        do {
            let store = try Store(path: folder.path("purser.db"), .existing)
            try store.setBudget(Picodollars(100_000_000_000_000), for: .team("support"), at: Self.time)
            #expect(
                try store.settle(LedgerTests.settlement("held", cost: Picodollars(20_000_000_000))).isSettled
            )
            for number in 2...4 { try BackupTests.call("\(number)", cents: 100, in: store, at: Self.time + 60) }
        }
        let restored = try restore(folder)
        #expect(restored.restoration.calls == 4 && restored.ledgerRows == 5)
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(
            try store.monthTotal(Self.month)
                == MonthTotal(requests: 5, spent: Picodollars(4_020_000_000_000), held: .zero)
        )
        // A call that the copy did not know is known: it is not charged twice.
        let again = try LedgerTests.reservation("4", hold: LedgerTests.dollar)
        #expect(try store.reserve(again) == .known)
        #expect(try store.budgets(Self.month).isEmpty && store.health().faults == [])
        // The old store is complete at its new place.
        let kept = try Store(path: try #require(restored.kept), .existing)
        #expect(try kept.ledgerRows() == 5 && kept.budgets(Self.month).count == 1)
        #expect(Store.fileSize(try #require(restored.kept) + "-wal") == 0)
    }

    @Test("a store of which the copy was not made, or that cannot be read, is replaced only by request")
    func forced() throws {
        let folder = try withCopy()
        remove(folder)
        try BackupTests.call("9", cents: 300, in: try folder.store())
        #expect(performing: { try restore(folder) }, throws: refusal("--force"))
        #expect(try Store(path: folder.path("purser.db"), .existing).ledgerRows() == 1)
        let restored = try restore(folder, isForced: true)
        #expect(restored.restoration.calls == 1 && restored.ledgerRows == 3)

        for content in [Data("not a database, but long enough to be read as one".utf8), Data(count: 9000)] {
            remove(folder)
            try content.write(to: URL(fileURLWithPath: folder.path("purser.db")))
            #expect(performing: { try restore(folder) }, throws: refusal("--force"))
            let damaged = try restore(folder, isForced: true, spent: "12.50")
            #expect(damaged.restoration.spent == Picodollars(dollars: "11.50") && damaged.ledgerRows == 3)
            #expect(try Data(contentsOf: URL(fileURLWithPath: try #require(damaged.kept))) == content)
            let store = try Store(path: folder.path("purser.db"), .existing)
            #expect(try store.monthTotal(Self.month).spent == Picodollars(dollars: "12.50"))
            #expect(try store.health().faults == [])
            let report = try store.costRows(Self.month, asOf: Self.month.end, by: [.team])
            #expect(report.map(\.cost).reduce(.zero, +) == Picodollars(dollars: "12.50"))
            // What was entered is no call that failed.
            let models = try store.costRows(Self.month, asOf: Self.month.end, by: [.model]).map(\.keys)
            #expect(models.contains(["(restored)"]))
            #expect(try store.requests(.failed, from: Self.month.start, to: Self.month.end, limit: 9).isEmpty)
        }
    }

    @Test("the month counts at least what is in the ledger, whatever --spent says")
    func spentIsLess() throws {
        let folder = try withCopy()
        let restored = try restore(folder, spent: "0.20")
        #expect(restored.restoration.spent == .zero && restored.ledgerRows == 2)
    }

    @Test("a restore is refused while any program has the store open, and replaces nothing")
    func inUse() throws {
        let folder = try withCopy()
        do {
            let store = try Store(path: folder.path("purser.db"), .existing)
            #expect(performing: { try restore(folder, isForced: true) }, throws: refusal("has the store"))
            try BackupTests.call("2", cents: 100, in: store)
        }
        #expect(try restore(folder).restoration.calls == 1)
    }

    @Test("a file that is not a sound copy of a store is refused, and replaces nothing")
    func unsound() throws {
        let folder = try withCopy()
        let text = folder.path("text.db")
        try Data("x".utf8).write(to: URL(fileURLWithPath: text))
        try Data().write(to: URL(fileURLWithPath: folder.path("empty.db")))
        let foreign = try DatabaseQueue(path: folder.path("foreign.db"))
        try foreign.write { try $0.execute(sql: "CREATE TABLE t (a)") }
        try foreign.close()
        let wrong = try DatabaseQueue(path: folder.path("copy.db"))
        try wrong.write { try $0.execute(sql: "UPDATE ledger SET cost = 7 WHERE request_id = '1'") }
        try wrong.close()
        for (file, part) in [
            ("text.db", "not a valid copy"), ("empty.db", "another database"), ("foreign.db", "another database"),
            ("none.db", "not a file"), ("purser.db", "the store itself"),
        ] {
            #expect(performing: { try restore(folder, file, isForced: true) }, throws: refusal(part))
        }
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.ledgerRows() == 2 && store.restorations().isEmpty)
    }

    /// Changes an alarm's state, as an evaluation does, and stores the message about it.
    private func change(_ name: String, in store: Store, at time: Timestamp) throws -> AlarmTransition {
        var record =
            try store.alarmRecords()[name]
            ?? AlarmRecord(
                name: name,
                state: .insufficientData,
                reason: "",
                reasonData: nil,
                updated: time,
                transition: store.lastSkippedNumber(),
                definition: "{}",
                configured: time
            )
        let new: AlarmState = record.state == .alarm ? .ok : .alarm
        let transition = record.change(to: new, reason: "r", reasonData: nil, at: time)
        let message = OutboxMessage(
            id: "\(name)/\(transition.number)/topic",
            target: OutboxMessage.Target("topic"),
            subject: "s",
            body: "b",
            attributes: [],
            about: .alarm(name, change: transition.number),
            created: time
        )
        #expect(try store.set(record, transition, messages: [message]))
        return transition
    }

    @Test("numbers of alarm changes that may have been used are left out, also those of new alarms")
    func numbers() throws {
        let folder = try TemporaryFolder()
        var used: Set<String> = []
        do {
            let store = try folder.store()
            for number in 0..<3 {
                let transition = try change("a", in: store, at: Self.time + number)
                used.insert("a/\(transition.number)")
            }
            try store.acknowledge("a", Acknowledgement(transition: 3, time: Self.time, note: nil))
            _ = try store.backup(to: folder.path("copy.db"), replaces: false, at: Self.time + 10)
        }
        var restoredAt = Self.time + 600
        for _ in 0..<3 {
            do {
                // What happens until the store is lost.
                let store = try Store(path: folder.path("purser.db"), .existing)
                for name in ["a", "b"] {
                    for second in 1...5 {
                        let transition = try change(name, in: store, at: restoredAt + -60 + second)
                        #expect(used.insert("\(name)/\(transition.number)").inserted)
                    }
                }
            }
            try restore(folder, at: restoredAt)
            restoredAt = restoredAt + 600
            let store = try Store(path: folder.path("purser.db"), .existing)
            let record = try #require(try store.alarmRecords()["a"])
            #expect(try store.alarmRecords().count == 1)
            // What belongs to the last change still does.
            #expect(try store.acknowledgements()["a"]?.holds(for: record, at: restoredAt) == true)
            #expect(try store.transitions(of: "a", limit: 1).first?.number == record.transition)
            let messages = try store.messages(about: "a", change: record.transition, limit: 9)
            #expect(messages.map(\.id) == ["a/3/topic"])
            #expect(messages.first?.attributes == [.init("late", "true")])
        }
    }

    @Test("a key that was revoked stays revoked, and a letter that was dropped stays dropped")
    func revoked() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try folder.store()
            let key = AccessKeyRecord(id: "PSR1", sealedSecret: [1], team: "t", created: Self.time)
            try store.createAccessKey(key, budget: nil)
            for id in ["1", "2"] { try store.keep(DeadLetterTests.letter(id, content: "canary-" + id)) }
            _ = try store.backup(to: folder.path("copy.db"), replaces: false, at: Self.time)
            _ = try store.revokeAccessKey("PSR1", at: Self.time + 1)
            try store.removeDeadLetters(["1"])
        }
        try restore(folder)
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.accessKey("PSR1")?.revoked == Self.time + 1)
        #expect(try store.deadLetters(limit: 9).map(\.requestId) == ["2"])
        let file = try Data(contentsOf: URL(fileURLWithPath: store.path))
        #expect(file.range(of: Data("canary-1".utf8)) == nil && file.range(of: Data("canary-2".utf8)) != nil)
    }

    @Test("a copy that was made with cp, and one of an older schema, can be restored")
    func otherCopies() throws {
        let folder = try TemporaryFolder()
        do {
            let store = try folder.store()
            try BackupTests.call("1", cents: 100, in: store)
            // Without a checkpoint, so that the log has all of it.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: folder.path("purser.db" + suffix),
                    toPath: folder.path("copy.db" + suffix)
                )
            }
        }
        let restored = try restore(folder)
        #expect(restored.ledgerRows == 1 && restored.restoration.copied == Self.time)
        remove(folder)
        let old = try DatabaseQueue(path: folder.path("old.db"))
        var migrator = DatabaseMigrator()
        for file in EmbeddedFile.all(in: "migrations").prefix(3) {
            migrator.registerMigration(String(file.name.dropLast(4))) { try $0.execute(sql: file.text) }
        }
        try migrator.migrate(old)
        try old.close()
        #expect(try restore(folder, "old.db").restoration.copied == nil)
        #expect(try Store(path: folder.path("purser.db"), .existing).health().faults == [])
    }
}
