import Foundation
import GRDB
import PurserCore
@testable import PurserStore
import TestSupport
import Testing

@Suite struct BackupTests {
    static let time = LedgerTests.november
    static let dollar = LedgerTests.dollar

    /// Enters a call that cost so many cents.
    static func call(_ id: String, cents: Int128, in store: Store, at time: Timestamp = time) throws {
        let cost = Picodollars(cents * 10_000_000_000)
        #expect(try store.reserve(try LedgerTests.reservation(id, hold: cost, time: time)).isReserved)
        #expect(try store.settle(LedgerTests.settlement(id, cost: cost, time: time)).isSettled)
    }

    private func names(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    }

    private func refusal(_ part: String) -> (any Error) -> Bool {
        { $0 is BackupError && "\($0)".contains(part) }
    }

    @Test("a copy has all that was committed, in one file that only its owner can read, and leaves nothing else")
    func copy() throws {
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let store = try folder.store()
        let reader = try folder.store()
        try Self.call("1", cents: 100, in: store)
        let path = other.path("copy.db")
        let backup = try reader.snapshot { () throws -> StoreBackup in
            _ = try reader.series()
            return try store.backup(to: path, replaces: false, at: Self.time)
        }
        #expect(
            backup == StoreBackup(store: store.path, file: path, time: Self.time, bytes: backup.bytes, ledgerRows: 1)
        )
        #expect(try names(other) == ["copy.db"] && backup.bytes == Store.fileSize(path))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let queue = try DatabaseQueue(path: path)
        #expect(try queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
        #expect(try queue.read { try String.fetchAll($0, sql: "SELECT request_id FROM ledger") } == ["1"])
        try queue.close()
        // A copy is a store like any other.
        #expect(try Store(path: path, .existing).health().faults == [])
    }

    @Test("what a backup that was killed left behind is removed, but not what another is writing")
    func abandoned() throws {
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let store = try folder.store()
        // Process ids are at most 4,194,304; process 1 always runs.
        let names = ["copy.db.part-1", "copy.db.part-4194305", "copy.db.part-4194305-journal", "copy.db.part-x"]
        for name in names { try Data("x".utf8).write(to: URL(fileURLWithPath: other.path(name))) }
        _ = try store.backup(to: other.path("copy.db"), replaces: false, at: Self.time)
        #expect(try self.names(other) == ["copy.db", "copy.db.part-1", "copy.db.part-x"])
    }

    @Test("copies made while others write are each one state of the store")
    func whileWriting() async throws {
        let folder = try TemporaryFolder(inMemory: true)
        let store = try folder.store()
        let reader = try folder.store()
        let commit = GroupCommit(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    for number in 0..<60 {
                        try await commit.perform { try Self.call("\(lane)-\(number)", cents: 1, in: $0) }
                    }
                }
            }
            for number in 0..<5 {
                let before = try reader.ledgerRows()
                let path = folder.path("\(number).db")
                let backup = try reader.backup(to: path, replaces: false, at: Self.time)
                let after = try reader.ledgerRows()
                #expect((before...after).contains(backup.ledgerRows))
                let copy = try Store(path: path, .existing)
                #expect(try copy.health().faults == [] && copy.ledgerRows() == backup.ledgerRows)
            }
            try await group.waitForAll()
        }
        await commit.close()
        #expect(try store.health().faults == [] && store.ledgerRows() == 240)
    }

    @Test("a copy replaces another file only by request, and never a file of the store or another store's")
    func targets() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.call("1", cents: 100, in: store)
        let file = folder.path("copy.db")
        try Data("x".utf8).write(to: URL(fileURLWithPath: file))
        #expect(performing: { try store.backup(to: file, replaces: false, at: Self.time) }, throws: refusal("--force"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data("x".utf8))
        #expect(try store.backup(to: file, replaces: true, at: Self.time).ledgerRows == 1)

        let link = folder.path("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: store.path)
        for own in [store.path, link, store.path + "-wal", store.path + "-lock"] {
            #expect(
                performing: { try store.backup(to: own, replaces: true, at: Self.time) },
                throws: refusal("of the store itself")
            )
        }
        #expect(
            performing: { try store.backup(to: folder.url.path, replaces: true, at: Self.time) },
            throws: refusal("not a regular file")
        )
        let other = try folder.store("other.db")
        try Self.call("2", cents: 100, in: other)
        #expect(
            performing: { try store.backup(to: other.path, replaces: true, at: Self.time) },
            throws: refusal("purser restore")
        )
        // A log that another store has left behind would be read as the copy's.
        let orphan = folder.path("new.db")
        try Data("x".utf8).write(to: URL(fileURLWithPath: orphan + "-wal"))
        for file in [orphan, store.path + "-journal"] {
            #expect(performing: { try store.backup(to: file, replaces: true, at: Self.time) }, throws: refusal("store"))
        }
        #expect(throws: StoreError.self) {
            try store.backup(to: folder.path("no/copy.db"), replaces: false, at: Self.time)
        }
        #expect(try store.health().faults == [] && other.ledgerRows() == 1)
        #expect(try names(folder).allSatisfy { !$0.contains(".part") })
    }

    @Test("a copy with faults is not kept")
    func faults() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.call("1", cents: 100, in: store)
        try store.write { try $0.execute(sql: "UPDATE month_total SET spent = '1'") }
        #expect(
            performing: { try store.backup(to: folder.path("copy.db"), replaces: false, at: Self.time) },
            throws: refusal("the total of 2026-11")
        )
        #expect(try names(folder).allSatisfy { !$0.hasPrefix("copy") })
    }
}
