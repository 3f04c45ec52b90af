import Foundation
import GRDB
import PurserCore
@testable import PurserStore
import Synchronization
import TestSupport
import Testing

@Suite struct StoreTests {
    static func series(_ name: String, _ dimensions: [PurserCore.Dimension] = []) -> Series {
        Series(Metric(namespace: "Test", name: name, dimensions: dimensions), unit: .count)
    }

    static func point(_ name: String, at seconds: Int64, value: Double = 1, count: Int = 1) throws -> Flush.Point {
        let distribution = try #require(Distribution(value: value, count: count))
        return Flush.Point(
            series: series(name),
            slot: Slot(start: Timestamp(seconds: seconds), distribution: distribution)
        )
    }

    @Test("a stored flush is found by time and reference")
    func recordAndRead() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let points = [
            try Self.point("A", at: 100), try Self.point("A", at: 110, count: 5), try Self.point("B", at: 110),
        ]
        #expect(try store.record(Flush(writer: "w", sequence: 1, points: points)))
        let a = MetricReference(Self.series("A").metric)
        let none = MetricReference(Self.series("C").metric)
        let found = try store.slots(
            of: [a, none],
            from: Timestamp(seconds: 100),
            to: Timestamp(seconds: 110)
        )
        #expect(found[a]?.slots == [points[0].slot])
        #expect(found[none]?.slots == [])
        let later = try store.slots(of: [a], from: Timestamp(milliseconds: 100_001), to: Timestamp(seconds: 111))
        #expect(later[a]?.slots.map(\.distribution.count) == [5])
        #expect(try store.series().map(\.metric.name) == ["A", "B"])
    }

    @Test("a repeated flush is ignored, and so is one out of order")
    func repeatedFlush() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let flush = Flush(writer: "w", sequence: 2, points: [try Self.point("A", at: 100)], note: "n")
        #expect(try store.record(flush))
        #expect(try !store.record(flush))
        #expect(try !store.record(Flush(writer: "w", sequence: 1, points: [try Self.point("A", at: 90)])))
        #expect(try store.record(Flush(writer: "v", sequence: 2, points: [try Self.point("A", at: 100)])))
        let a = MetricReference(Self.series("A").metric)
        let slots = try store.slots(of: [a], from: Timestamp(seconds: 0), to: Timestamp(seconds: 1000))
        #expect(slots[a]?.total(from: Timestamp(seconds: 0), to: Timestamp(seconds: 1000)).count == 2)
        #expect(try store.progress(ofWriter: "w") == WriterProgress(sequence: 2, note: "n"))
    }

    @Test("a transaction that throws leaves nothing behind, including the ids that it assigned")
    func rollback() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let store = try folder.store()
        #expect(throws: Stop.self) {
            try store.transaction {
                try store.record(Flush(writer: "w", sequence: 1, points: [try Self.point("A", at: 100)]))
                throw Stop()
            }
        }
        #expect(try store.series().isEmpty)
        #expect(try store.record(Flush(writer: "w", sequence: 1, points: [try Self.point("A", at: 100)])))
        let a = MetricReference(Self.series("A").metric)
        #expect(try store.slots(of: [a], from: Timestamp(seconds: 0), to: Timestamp(seconds: 200))[a]?.slots.count == 1)
        #expect(try store.health().faults == [])
    }

    @Test("several connections to one file lose nothing and duplicate nothing")
    func manyWriters() throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let errors = Mutex<[String]>([])
        let finished = DispatchSemaphore(value: 0)
        let threads = (0..<4).map { number in
            Thread {
                do {
                    let store = try Store(path: folder.path("purser.db"), .existing)
                    for sequence in 1...50 {
                        let point = try Self.point("A", at: Int64(sequence) * 10)
                        try store.record(Flush(writer: "w\(number)", sequence: sequence, points: [point]))
                        if sequence % 10 == 0 { try store.checkpoint() }
                    }
                } catch {
                    errors.withLock { $0.append("\(error)") }
                }
                finished.signal()
            }
        }
        threads.forEach { $0.start() }
        threads.forEach { _ in finished.wait() }
        #expect(errors.withLock { $0 } == [])
        let store = try Store(path: folder.path("purser.db"), .existing)
        let a = MetricReference(Self.series("A").metric)
        let slots = try store.slots(of: [a], from: Timestamp(seconds: 0), to: Timestamp(seconds: 10_000))
        #expect(slots[a]?.slots.count == 200)
        #expect(try store.health().faults == [])
    }

    @Test("the write-ahead log is checkpointed, except during a read")
    func checkpoint() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try store.record(Flush(writer: "w", sequence: 1, points: [try Self.point("A", at: 100)]))
        #expect(store.walBytes > 0)
        let other = try Store(path: folder.path("purser.db"), .existing)
        let isFolded = try store.snapshot {
            _ = try store.series()
            return try other.checkpoint(patienceMilliseconds: 0)
        }
        #expect(!isFolded)
        #expect(try other.checkpoint())
        #expect(store.walBytes == 0)
    }

    @Test("a long-running reader makes the log grow, and a writer checkpoints it as soon as possible")
    func dawdlingReader() throws {
        let folder = try TemporaryFolder()
        let reader = try folder.store()
        let store = try Store(path: folder.path("purser.db"), .existing)
        func write(_ sequences: Range<Int>) throws {
            for sequence in sequences {
                let points = try (0..<300).map { try Self.point("S\($0)", at: Int64(sequence) * 10) }
                try store.record(Flush(writer: "w", sequence: sequence, points: points))
            }
        }
        try write(1..<2)
        try reader.snapshot {
            _ = try reader.series()
            try write(2..<440)
            #expect(store.walBytes > Store.checkpointBytes)
        }
        try write(440..<560)
        #expect(store.walBytes < Store.checkpointBytes)
    }

    @Test("a read must not write")
    func writeInsideRead() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        #expect(throws: StoreError.self) {
            try store.snapshot {
                try store.record(Flush(writer: "w", sequence: 1, points: [try Self.point("A", at: 100)]))
            }
        }
        #expect(try store.series().isEmpty)
        #expect(try store.record(Flush(writer: "w", sequence: 1, points: [try Self.point("A", at: 100)])))
    }

    @Test("a snapshot does not see what another process writes meanwhile")
    func snapshot() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let other = try Store(path: folder.path("purser.db"), .existing)
        let seen = try store.snapshot {
            let before = try store.series().count
            try other.record(Flush(writer: "w", sequence: 1, points: [try Self.point("A", at: 100)]))
            return (before, try store.series().count)
        }
        #expect(seen == (0, 0))
        #expect(try store.series().count == 1)
    }

    @Test("a role has one holder at a time, and is free again when the holder is done")
    func roles() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let other = try Store(path: folder.path("purser.db"), .existing)
        let inner = try store.whileAlone(in: .evaluate) {
            (try other.whileAlone(in: .evaluate) { 1 }, try other.whileAlone(in: .send) { 2 })
        }
        #expect(inner?.0 == nil && inner?.1 == 2)
        #expect(try other.whileAlone(in: .evaluate) { 3 } == 3)
    }

    @Test("a missing file, a file that is not a store and a path that is not a folder give different errors")
    func openingErrors() throws {
        let folder = try TemporaryFolder()
        #expect(throws: StoreError(.missing, path: folder.path("none.db"))) {
            try Store(path: folder.path("none.db"), .existing)
        }
        let text = folder.path("text.db")
        try String(repeating: "this is no database", count: 100).write(toFile: text, atomically: true, encoding: .utf8)
        let before = try Data(contentsOf: URL(fileURLWithPath: text))
        let error = #expect(throws: StoreError.self) { try Store(path: text, .creating) }
        #expect(error?.kind == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: text)) == before)
        let below = #expect(throws: StoreError.self) { try Store(path: text + "/purser.db", .creating) }
        #expect(below?.kind == .unwritable)
    }

    @Test("a damaged page is reported, and intact pages stay as they are")
    func damagedPages() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("purser.db")
        do {
            let store = try folder.store()
            for sequence in 1...200 {
                try store.record(
                    Flush(writer: "w", sequence: sequence, points: [try Self.point("A", at: Int64(sequence) * 10)])
                )
            }
            try store.checkpoint()
        }
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: 4096 * 2)
        try handle.write(contentsOf: Data(repeating: 0x5a, count: Int(size) - 4096 * 2))
        try handle.close()
        let error = #expect(throws: StoreError.self) {
            let store = try Store(path: path, .existing)
            _ = try store.health()
            _ = try store.series()
            _ = try store.slots(
                of: [MetricReference(Self.series("A").metric)],
                from: Timestamp(seconds: 0),
                to: Timestamp(seconds: 10_000)
            )
        }
        #expect(error?.kind == .corrupt)
    }

    @Test("a store written by a newer program is refused")
    func newerStore() throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let queue = try DatabaseQueue(path: folder.path("purser.db"))
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9999-later')") }
        try queue.close()
        let error = #expect(throws: StoreError.self) { try Store(path: folder.path("purser.db"), .existing) }
        #expect(error?.kind == .tooNew)
    }

    @Test("two processes that create the same store concurrently both get it")
    func concurrentCreation() throws {
        for _ in 0..<5 {
            let folder = try TemporaryFolder()
            let errors = Mutex<[String]>([])
            let finished = DispatchSemaphore(value: 0)
            for _ in 0..<4 {
                Thread.detachNewThread {
                    do {
                        _ = try Store(path: folder.path("purser.db"), .creating).health()
                    } catch {
                        errors.withLock { $0.append("\(error)") }
                    }
                    finished.signal()
                }
            }
            for _ in 0..<4 { finished.wait() }
            #expect(errors.withLock { $0 } == [])
        }
    }

    @Test("the mount of a file is the one with the longest path, and the latest of several")
    func mounts() {
        let mounts = """
            22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            30 22 0:40 / /mnt/team rw - nfs4 server:/team rw
            31 30 0:41 / /mnt/team/fast rw shared:5 - tmpfs tmpfs rw
            32 22 0:42 / /mnt/two\\040words rw - cifs //server/x rw
            """
        #expect(NetworkFileSystem.type(of: "/home/x/purser.db", mounts: mounts) == "ext4")
        #expect(NetworkFileSystem.type(of: "/mnt/team/purser.db", mounts: mounts) == "nfs4")
        #expect(NetworkFileSystem.type(of: "/mnt/team/fast/purser.db", mounts: mounts) == "tmpfs")
        #expect(NetworkFileSystem.type(of: "/mnt/teams/purser.db", mounts: mounts) == "ext4")
        #expect(NetworkFileSystem.type(of: "/mnt/two words/purser.db", mounts: mounts) == "cifs")
    }
}
