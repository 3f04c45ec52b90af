import Foundation
import GRDB
import PurserCore
import PurserStore
import Synchronization
import TestSupport
import Testing

/// What `dash` shows of a store that is not as it should be, or that others use at the same time.
@Suite(.blocking, .startsPrograms) struct DashStoreStateTests {
    private static let forms = [
        [], ["chat"], ["--namespace", "ChatService"], ["--oneline"], ["--format", "json"], ["--format", "html"],
    ]

    private static func dash(_ purser: PurserProgram, _ form: [String]) throws -> PurserProgram.Result {
        try purser.run(["dash", "--at", Demonstrations.end.iso8601()] + form)
    }

    @Test(
        "a store that cannot be read is a sentence that names it, in every form, and nothing is created",
        arguments: forms
    )
    func unreadable(form: [String]) throws {
        let folder = try TemporaryFolder()
        try Data().write(to: folder.url.appendingPathComponent("empty.db"))
        try Data("hello\n".utf8).write(to: folder.url.appendingPathComponent("text.db"))
        for (name, words) in [
            ("missing.db", "there is no store"), ("empty.db", "it is empty"),
            ("text.db", "is damaged or is not a store"),
        ] {
            let result = try Self.dash(PurserProgram(store: folder.path(name)), form)
            #expect(result.status == 3 && result.output.isEmpty, "\(name) \(result)")
            #expect(result.errors.contains(words) && result.errors.contains(folder.path(name)), "\(result.errors)")
            #expect(result.errors.hasSuffix("\n") && result.errors.count { $0 == "\n" } == 1, "\(result.errors)")
        }
        #expect(try String(contentsOfFile: folder.path("text.db"), encoding: .utf8) == "hello\n")
        #expect(!FileManager.default.fileExists(atPath: folder.path("missing.db")))
    }

    @Test("who may only read the store reads it while its owner has it open, and gets the reason otherwise")
    func readOnly() throws {
        let folder = try Demonstrations.json.copy()
        let path = folder.path("purser.db")
        let purser = PurserProgram(store: path)
        // Root without its right to pass over permissions is a user without rights.
        let words = geteuid() == 0 ? "setpriv --bounding-set -dac_override,-dac_read_search " : ""
        func read() throws -> PurserProgram.Result {
            try purser.shell(words + "\"$PURSER\" dash --at \(Demonstrations.end.iso8601())")
        }
        func protect(_ isProtected: Bool) throws {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
                try #require(chmod(folder.path(name), isProtected ? 0o400 : 0o600) == 0)
            }
            try #require(chmod(folder.url.path, isProtected ? 0o500 : 0o700) == 0)
        }
        defer { try? protect(false) }
        let expected = try Self.dash(purser, [])
        try protect(true)
        let alone = try read()
        #expect(alone.status == 3 && alone.output.isEmpty, "\(alone)")
        #expect(alone.errors.contains("is read-only for this user") && !alone.errors.contains("SQLite"), "\(alone)")
        try protect(false)
        let owner = try Store(path: path, .existing)
        try protect(true)
        let seen = try withExtendedLifetime(owner) { try read() }
        #expect(seen == expected)
    }

    @Test("a frame does not wait for a write, and has nothing of it before it is committed")
    func duringWrite() throws {
        let folder = try Demonstrations.json.copy()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let before = try Self.dash(purser, [])
        let store = try Store(path: folder.path("purser.db"), .existing)
        // The program would wait for ten seconds, and then fail.
        let during = try store.transaction {
            try store.add(TimeMark(time: Demonstrations.end - 600, text: "v2"))
            return try Self.dash(purser, [])
        }
        #expect(before.status == 0 && during == before)
        #expect(try Self.dash(purser, []).output.contains("v2"))
    }

    @Test("a program that opens the store twice keeps its log while another program opens and closes the store")
    func openedTwice() throws {
        let folder = try Demonstrations.json.copy()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let store = try Store(path: folder.path("purser.db"), .existing)
        for second in 0..<3 {
            // Closing any other descriptor of the file would give up the first one's locks.
            #expect(try !Store(path: folder.path("purser.db"), .existing).series().isEmpty)
            #expect(try Self.dash(purser, []).status == 0)
            try store.add(TimeMark(time: Demonstrations.end + second, text: "v\(second)"))
        }
        #expect(try purser.run("mark", "--list").output.split(separator: "\n").count >= 3)
    }

    @Test("under full load every frame is whole, and every write is stored")
    func fullLoad() throws {
        let folder = try Demonstrations.json.copy()
        let path = folder.path("purser.db")
        let purser = PurserProgram(store: path)
        let isOver = Atomic(false)
        let written = Mutex([Int](repeating: 0, count: 2))
        let faults = Mutex<[String]>([])
        let ends = DispatchGroup()
        for writer in 0..<2 {
            ends.enter()
            Thread.detachNewThread {
                defer { ends.leave() }
                do {
                    let store = try Store(path: path, .existing)
                    let series = PurserCore.Series(Metric(namespace: "Load", name: "N\(writer)"), unit: .count)
                    while !isOver.load(ordering: .relaxed) {
                        let number = written.withLock { $0[writer] } + 1
                        let slot = Slot(
                            start: Demonstrations.end - 7200 + number % 700 * 10,
                            distribution: Distribution(value: 1) ?? .empty
                        )
                        try store.record(
                            Flush(writer: "w\(writer)", sequence: number, points: [.init(series: series, slot: slot)])
                        )
                        written.withLock { $0[writer] = number }
                    }
                } catch {
                    faults.withLock { $0.append("\(error)") }
                }
            }
        }
        let frames = Result { try Self.forms.map { try Self.dash(purser, $0) } }
        isOver.store(true, ordering: .relaxed)
        ends.wait()
        #expect(faults.withLock { $0 } == [])
        for (form, frame) in zip(Self.forms, try frames.get()) {
            #expect(frame.status == 0 && frame.errors.isEmpty && frame.output.hasSuffix("\n"), "\(form) \(frame)")
        }
        let store = try Store(path: path, .existing)
        let counts = written.withLock { $0 }
        #expect(counts.allSatisfy { $0 > 0 })
        for (writer, count) in counts.enumerated() {
            let reference = MetricReference(Metric(namespace: "Load", name: "N\(writer)"))
            let slots = try store.slots(of: [reference], from: Demonstrations.end - 7200, to: Demonstrations.end)
            #expect(slots[reference]?.slots.reduce(0) { $0 + $1.distribution.count } == count)
        }
    }

    @Test("a store whose migration was cut by a crash is migrated, and shows what it has")
    func duringMigration() throws {
        let folder = try TemporaryFolder()
        let queue = try OldStore.open(folder.path("old.db"))
        let last = try #require(EmbeddedFile.all(in: "migrations").last)
        let time = Demonstrations.end - 600
        try queue.write { db in
            try db.execute(
                sql: "INSERT INTO mark (time, namespace, text) VALUES (?, '', 'v1')",
                arguments: [time.milliseconds]
            )
            try db.execute(sql: "INSERT INTO price VALUES (1, 'm', 'p')")
            for call in 0..<200 {
                try db.execute(
                    sql: """
                        INSERT INTO ledger (request_id, time, settled_time, model_id, outcome, price, hold, cost)
                        VALUES (?, ?, ?, 'm', 'success', 1, 10, 5)
                        """,
                    arguments: ["\(call)", time.milliseconds, time.milliseconds]
                )
            }
        }
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            try db.execute(sql: last.text)
            // More than the cache holds, so the log has pages of a transaction that never ends.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: folder.path("old.db" + suffix),
                    toPath: folder.path("purser.db" + suffix)
                )
            }
            try db.execute(sql: "ROLLBACK")
        }
        let purser = PurserProgram(store: folder.path("purser.db"))
        let result = try Self.dash(purser, [])
        #expect(result.status == 0 && result.output.contains("NOT EVALUATED"), "\(result)")
        #expect(try purser.run("mark", "--list").output.contains("v1"))
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.health().faults == [])
        let range = (from: time - 60, to: time + 60)
        #expect(try store.requests(.newest, from: range.from, to: range.to, limit: 999).count == 200)
    }
}

/// A store as a program without the last migration leaves it.
enum OldStore {
    static func open(_ path: String) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA cache_size = 1") }
        var migrator = DatabaseMigrator()
        for file in EmbeddedFile.all(in: "migrations").dropLast() {
            migrator.registerMigration(String(file.name.dropLast(4))) { try $0.execute(sql: file.text) }
        }
        try migrator.migrate(queue)
        return queue
    }
}
