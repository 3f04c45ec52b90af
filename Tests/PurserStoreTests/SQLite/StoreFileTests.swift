import Foundation
import GRDB
import PurserCore
@testable import PurserStore
import TestSupport
import Testing

/// What other programs do to a store's files while it is open.
@Suite struct StoreFileTests {
    enum Loss: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case removed
        case moved
        case replaced
        case logRemoved
        case logReplaced
        case indexRemoved
        case folderRemoved
        case emptied

        var testDescription: String { rawValue }

        func happen(to path: String) throws {
            let files = FileManager.default
            switch self {
            case .removed: try files.removeItem(atPath: path)
            case .moved: try files.moveItem(atPath: path, toPath: path + ".moved")
            case .replaced:
                try files.copyItem(atPath: path, toPath: path + ".copy")
                #expect(rename(path + ".copy", path) == 0)
            case .logRemoved: try files.removeItem(atPath: path + "-wal")
            case .logReplaced: try Data("x".utf8).write(to: URL(fileURLWithPath: path + "-wal"), options: .atomic)
            case .indexRemoved: try files.removeItem(atPath: path + "-shm")
            case .emptied: #expect(truncate(path, 0) == 0)
            case .folderRemoved:
                try files.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
            }
        }
    }

    private static func flush(_ sequence: Int) throws -> Flush {
        Flush(writer: "w", sequence: sequence, points: [try StoreTests.point("A", at: 100)])
    }

    private func isReplaced(_ error: any Error) -> Bool {
        (error as? StoreError)?.kind == .replaced
    }

    @Test("a store whose files are gone or are others neither reads nor writes any more", arguments: Loss.allCases)
    func loss(_ loss: Loss) async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store("of/purser.db")
        let commit = GroupCommit(store)
        try await commit.perform { _ = try $0.record(try Self.flush(1)) }
        try loss.happen(to: folder.path("of/purser.db"))
        for _ in 0..<2 {
            #expect(performing: { try store.record(try Self.flush(2)) }, throws: isReplaced)
            #expect(performing: { try store.series() }, throws: isReplaced)
            #expect(performing: { try store.checkpoint() }, throws: isReplaced)
            await #expect(performing: { try await commit.perform { _ in } }, throws: isReplaced)
            await #expect(
                performing: { try await store.beat("w", at: LedgerTests.november, by: commit) },
                throws: isReplaced
            )
        }
        await commit.close()
    }

    @Test("a store that is replaced while a transaction runs does not report it as stored")
    func lossDuringTransaction() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let path = folder.path("purser.db")
        #expect(
            performing: {
                try store.transaction {
                    _ = try store.record(try Self.flush(1))
                    try Loss.replaced.happen(to: path)
                }
            },
            throws: isReplaced
        )
        // The same for work whose result is returned before the commit: its caller learns that it was lost.
        let other = try Store(path: path, .existing)
        let commit = GroupCommit(other)
        let lost = AsyncStream<any Error>.makeStream()
        try await commit.performAhead(lost: { lost.continuation.yield($0) }) { store in
            _ = try store.record(try Self.flush(1))
            try Loss.removed.happen(to: path)
        }
        let error = await lost.stream.first { _ in true }
        #expect(error.map(isReplaced) == true)
        await commit.close()
    }

    @Test("a store that lost its file leaves the files that are in its place alone")
    func otherFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        var store: Store? = try folder.store()
        _ = try store?.record(try Self.flush(1))
        for suffix in ["", "-wal", "-shm"] { #expect(rename(path + suffix, path + ".moved" + suffix) == 0) }
        let other = try folder.store()
        _ = try other.record(try Self.flush(1))
        _ = try other.record(try Self.flush(2))
        let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        #expect(performing: { try store?.checkpoint() }, throws: isReplaced)
        store = nil
        #expect(try Data(contentsOf: URL(fileURLWithPath: path + "-wal")) == log)
        #expect(try other.progress(ofWriter: "w")?.sequence == 2)
        #expect(try other.health().faults == [])
    }

    @Test("a loss is final, because other programs may have written in the meantime")
    func isFinal() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        let store = try folder.store()
        try Loss.moved.happen(to: path)
        #expect(performing: { try store.series() }, throws: isReplaced)
        #expect(rename(path + ".moved", path) == 0)
        #expect(performing: { try store.series() }, throws: isReplaced)
        #expect(try Store(path: path, .existing).series().isEmpty)
    }

    @Test("a store with two names is refused, also if it gets the second one later")
    func hardLinks() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let other = folder.path("other.db")
        #expect(link(folder.path("purser.db"), other) == 0)
        for path in [folder.path("purser.db"), other] {
            let error = #expect(throws: StoreError.self) { try Store(path: path, .existing) }
            #expect(error?.kind == .linked && error?.description.contains("2 hard links") == true)
            #expect(throws: StoreError.self) { try Store.checkPlace(of: path) }
        }
        #expect(throws: StoreError.self) { try store.record(try Self.flush(1)) }
        try FileManager.default.removeItem(atPath: other)
        #expect(try store.record(try Self.flush(1)))
    }

    @Test(
        "an empty file, a folder and another program's database are refused and not changed",
        arguments: [false, true]
    )
    func foreign(hasLog: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("other.db")
        try Data().write(to: URL(fileURLWithPath: path))
        let empty = #expect(throws: StoreError.self) { try Store(path: path, .existing) }
        #expect(empty?.kind == .corrupt && empty?.detail == "it is empty" && Store.fileSize(path) == 0)
        #expect(throws: StoreError.self) { try Store(path: folder.url.path, .creating) }

        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = \(hasLog ? "WAL" : "DELETE"); CREATE TABLE ovens (name TEXT)")
        }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        for opening in [Store.Opening.existing, .creating] {
            let error = #expect(throws: StoreError.self) { try Store(path: path, opening) }
            #expect(error?.kind == .corrupt && error?.detail == "it is another program's database")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("a file that is mounted without its folder is recognized", arguments: ["/data/a b.db", "/data/store.db"])
    func mounted(path: String) {
        let mounts = """
            22 1 254:0 / / rw - ext4 /dev/a rw
            23 22 254:0 /x /data/a\\040b.db rw - ext4 /dev/a rw
            24 22 254:0 /y /data/store.db rw - ext4 /dev/a rw
            """
        #expect(NetworkFileSystem.isMountPoint(path, mounts: mounts))
        #expect(!NetworkFileSystem.isMountPoint(path + "-wal", mounts: mounts))
    }

    @Test("a store that is opened by a symbolic link has the side files of the file itself")
    func symbolicLink() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store("real/purser.db")
        _ = try store.record(try Self.flush(1))
        let path = folder.path("link.db")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path("real/purser.db"))
        let linked = try Store(path: path, .existing)
        #expect(linked.path == path && linked.walBytes == store.walBytes && linked.walBytes > 0)
        let isFree = try linked.whileAlone(in: .evaluate) { try store.whileAlone(in: .evaluate) { true } ?? false }
        #expect(isFree == false)
        #expect(try linked.health().fileBytes == store.health().fileBytes)
        _ = try linked.record(try Self.flush(2))
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.url.path)) == ["real", "link.db"])
        // The link is a part of the path: another target is another store.
        try FileManager.default.removeItem(atPath: path)
        _ = try folder.store("real/new.db")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path("real/new.db"))
        #expect(performing: { try linked.series() }, throws: isReplaced)
        #expect(try store.series().count == 1)
    }

    @Test("a lock whose file was removed or replaced counts no more")
    func removedLock() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a-lock")
        let (first, second) = (FileLock(path: path, store: path), FileLock(path: path, store: path))
        #expect(try first.tryExclusive() && !second.tryExclusive())
        try FileManager.default.removeItem(atPath: path)
        first.unlock()
        #expect(try second.tryExclusive())
        #expect(try !first.tryExclusive())
        second.unlock()
        #expect(try first.tryExclusive())
    }

    @Test("a lock is never taken on a file that a symbolic link names")
    func lockLink() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: folder.path("a-lock"), withDestinationPath: "elsewhere")
        let lock = FileLock(path: folder.path("a-lock"), store: folder.path("a"))
        #expect(throws: StoreError.self) { try lock.tryExclusive() }
        #expect(!FileManager.default.fileExists(atPath: folder.path("elsewhere")))
    }

    @Test("lock files have the store's mode")
    func lockMode() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        _ = try folder.store()
        for suffix in Store.fileSuffixes where suffix.hasSuffix("lock") { unlink(path + suffix) }
        #expect(chmod(path, 0o660) == 0)
        let store = try Store(path: path, .existing)
        _ = try store.record(try Self.flush(1))
        for suffix in ["-lock", "-next-lock", "-open-lock"] {
            var status = stat()
            #expect(stat(path + suffix, &status) == 0 && status.st_mode & 0o777 == 0o660, "\(suffix)")
        }
    }

    @Test("what root makes belongs to the owner of the store, or of the folder", .enabled(if: geteuid() == 0))
    func owner() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("of/purser.db")
        func owners() -> Set<uid_t> {
            Set(
                Store.fileSuffixes.compactMap { suffix in
                    var status = stat()
                    return stat(path + suffix, &status) == 0 ? status.st_uid : nil
                }
            )
        }
        try FileManager.default.createDirectory(atPath: folder.path("of"), withIntermediateDirectories: false)
        #expect(chown(folder.path("of"), 65534, 65534) == 0)
        let store = try folder.store("of/purser.db")
        _ = try store.record(try Self.flush(1))
        #expect(owners() == [65534])
        // Lock files of an earlier run as root are given back.
        #expect(chown(path + "-lock", 0, 0) == 0)
        let other = try Store(path: path, .existing)
        _ = try other.record(try Self.flush(2))
        #expect(owners() == [65534])
    }
}
