import Foundation
import GRDB
import PurserCore
import Synchronization

/// The single file that holds the metrics, the ledger, the alarm states and the outbox.
///
/// Each method is its own transaction, or part of the one that ``transaction(_:)`` has open on this thread, unless its
/// documentation says that it takes several. Several processes may use the same file at the same time.
package final class Store: Sendable {
    /// How long a write waits for another process before it gives up.
    package static let busyTimeoutSeconds = 10

    /// The size at which a writer checkpoints the write-ahead log, unless a reader prevents that. A chat request that
    /// arrives alone writes about 100 kB of log, so fewer than one in a hundred waits for a checkpoint.
    static let checkpointBytes = 24 << 20
    /// The size of the log from which a checkpoint waits for the readers.
    static let patientCheckpointBytes = 48 << 20
    /// How long a checkpoint waits: twice as long as Purser's readers hold a snapshot, which is at most a second. A
    /// reader that starts when the last one ends still reads the log, unless all of it is in the file by then; a reader
    /// that starts after it does not. Other writers also wait, each for at most ``busyTimeoutSeconds``.
    package static let readerPatienceMilliseconds = 2000

    package let path: String
    let queue: DatabaseQueue
    /// Held exclusively for each transaction that writes and for the checkpoint after it, because SQLite before 3.51.3
    /// can lose a commit if a checkpoint in another connection resets the log at the same time. Writers wait for each
    /// other in any case; if they shared the lock, a checkpoint would never find a moment without a writer.
    private let writers: WritersLock
    /// The size of the log at which the next checkpoint is attempted; it is larger after readers have prevented one.
    private let nextCheckpoint = Mutex(checkpointBytes)
    private let roles: [Role: FileLock]
    private let heldRoles = Mutex<Set<Role>>([])
    /// Row ids that are known to be committed.
    let identifiers = Mutex(Identifiers())

    struct Identifiers {
        var series: [Series: Int64] = [:]
        /// The ids that references match. They are valid while `newestSeries` is the newest series, because series are
        /// never removed.
        var matching: [MetricReference: [Int64]] = [:]
        var newestSeries: Int64 = 0
        var prices: [String: Int64] = [:]
    }

    /// Whether a missing file is created.
    package enum Opening: Sendable {
        case existing
        case creating
    }

    /// Opens the store and brings its schema up to date.
    ///
    /// Throws a ``StoreError`` that names the path and says what to do.
    package init(path: String, _ opening: Opening) throws {
        self.path = path
        writers = WritersLock(path: path)
        roles = Dictionary(
            uniqueKeysWithValues: Role.allCases.map { ($0, FileLock(path: path + "-" + $0.rawValue + "-lock")) }
        )
        try Self.prepareFile(path, opening)
        do {
            // SQLite does not wait if another process is switching the same new file to WAL. Until the switch is
            // committed, the file is empty or has a rollback journal next to it.
            let isNew = Self.fileSize(path) == 0 || FileManager.default.fileExists(atPath: path + "-journal")
            let open = { try DatabaseQueue(path: path, configuration: Self.configuration) }
            queue = isNew ? try writers.exclusive(timeoutSeconds: Self.busyTimeoutSeconds, open) : try open()
            try migrate()
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(TimeInterval(busyTimeoutSeconds))
        // References are checked by `doctor`: checking them on every insert would cost as much as the insert.
        configuration.foreignKeysEnabled = false
        configuration.label = "purser.store"
        configuration.prepareDatabase { db in
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            // For a new file: pages that hold several hours' blocks without much waste, and that can be released one by
            // one.
            if mode != "wal" {
                try db.execute(
                    sql: "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL"
                )
            }
            // FULL: a commit survives a power cut. Only our own checkpointer may reset the log. The data that a
            // savepoint needs to undo its part of a group is never read after a crash, so it need not be in a file.
            try db.execute(
                sql: """
                    PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = OFF;
                    PRAGMA temp_store = MEMORY;
                    """
            )
        }
        return configuration
    }

    private static func prepareFile(_ path: String, _ opening: Opening) throws {
        if !FileManager.default.fileExists(atPath: path) {
            guard opening == .creating else { throw StoreError(.missing, path: path) }
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            do {
                try FileManager.default.createDirectory(
                    at: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            } catch {
                throw StoreError(.unwritable, path: folder.path, detail: error.localizedDescription)
            }
            // The ledger names users, so only the owner may access the file and, with it, SQLite's side files.
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw StoreError(.unwritable, path: path, detail: String(cString: strerror(errno)))
            }
            close(descriptor)
        }
        if let fileSystem = NetworkFileSystem.holding(path) {
            throw StoreError(.networkFileSystem, path: path, detail: fileSystem)
        }
    }

    private func migrate() throws {
        let migrator = Self.migrator
        func isComplete() throws -> Bool {
            let (isComplete, isTooNew) = try queue.read { db in
                (try migrator.hasCompletedMigrations(db), try migrator.hasBeenSuperseded(db))
            }
            if isTooNew {
                throw StoreError(.tooNew, path: path, detail: "it has migrations that this program does not know")
            }
            return isComplete
        }
        // This check runs without the lock, because a reader sees only complete migrations and must not wait for
        // writers. If another process creates the table of migrations in the meantime, the check fails; under the lock,
        // that cannot happen.
        if (try? isComplete()) == true { return }
        // If two processes create the same store, the second waits here and then finds nothing left to do.
        try writers.exclusive(timeoutSeconds: Self.busyTimeoutSeconds) {
            if try !isComplete() { try migrator.migrate(queue) }
        }
    }

    /// The numbered files of `migrations/`, in order.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for file in EmbeddedFile.all(in: "migrations") {
            migrator.registerMigration(String(file.name.dropLast(4)), foreignKeyChecks: .immediate) { db in
                try db.execute(sql: file.text)
            }
        }
        return migrator
    }

    // All SQL runs through the functions below.

    /// Runs `body` and commits all its writes to this store on this thread together; if it throws, none of them are
    /// stored.
    package func transaction<Value>(_ body: () throws -> Value) throws -> Value {
        try write { _ in try body() }
    }

    /// Runs `body` in its own transaction, or as part of the one that is open; `committed` is called as soon as its own
    /// transaction is durable, before anything else is done.
    func write<Value>(committed: (Value) -> Void = { _ in }, _ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.unsafeReentrantWrite { db in
                if db.isInsideTransaction { return try atomically(db, body) }
                return try writers.exclusive(timeoutSeconds: Self.busyTimeoutSeconds) {
                    let value = try atomically(db, body)
                    committed(value)
                    // The transaction is committed, so it must not be reported as lost if the checkpoint fails.
                    try? checkpointIfLarge(db)
                    return value
                }
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// Runs `body` on one snapshot of the store; a write inside it fails.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.unsafeReentrantRead { db in
                if db.isInsideTransaction { return try body(db) }
                return try db.readOnly {
                    try db.cachedStatement(sql: "BEGIN DEFERRED").execute()
                    defer { try? db.cachedStatement(sql: "COMMIT").execute() }
                    return try body(db)
                }
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// Lets another process write between two transactions of a long operation. It pauses because waiting processes
    /// only poll the lock.
    func letOthersWrite() {
        usleep(5 * FileLock.pollMicroseconds)
    }

    /// Runs `body` in its own transaction, or in a savepoint of the one that is open.
    private func atomically<Value>(_ db: Database, _ body: (Database) throws -> Value) throws -> Value {
        var value: Value?
        let work = { () throws -> Database.TransactionCompletion in
            value = try body(db)
            return .commit
        }
        do {
            try db.isInsideTransaction ? db.inSavepoint(work) : db.inTransaction(.immediate, work)
        } catch {
            // Ids that the failed transaction assigned are no longer valid.
            identifiers.withLock { $0 = Identifiers() }
            throw error
        }
        guard let value else { throw StoreError(.failed, path: path, detail: "a transaction ended without a value") }
        return value
    }

    /// Checkpoints the write-ahead log; returns false if a reader prevents that for longer than `patienceMilliseconds`.
    @discardableResult
    package func checkpoint(patienceMilliseconds: Int = readerPatienceMilliseconds) throws -> Bool {
        do {
            return try queue.unsafeReentrantWrite { db in
                // Inside a transaction SQLite has nothing to checkpoint yet.
                guard !db.isInsideTransaction else { return false }
                return try writers.exclusive(timeoutSeconds: Self.busyTimeoutSeconds) {
                    try fold(db, patienceMilliseconds: patienceMilliseconds)
                }
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    private func checkpointIfLarge(_ db: Database) throws {
        let bytes = walBytes
        guard bytes >= nextCheckpoint.withLock({ $0 }) else { return }
        let isPatient = bytes >= Self.patientCheckpointBytes
        let isDone = try fold(db, patienceMilliseconds: isPatient ? Self.readerPatienceMilliseconds : 0)
        // Each attempt syncs the file, which would cost too much after every commit.
        var next = bytes + Self.checkpointBytes / 4
        if !isPatient { next = min(next, Self.patientCheckpointBytes) }
        nextCheckpoint.withLock { $0 = isDone ? Self.checkpointBytes : next }
    }

    /// Checkpoints the log; the caller holds the writers' lock.
    private func fold(_ db: Database, patienceMilliseconds: Int) throws -> Bool {
        let limit = ContinuousClock.now + .milliseconds(patienceMilliseconds)
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Self.busyTimeoutSeconds * 1000)") }
        while true {
            do {
                _ = try db.checkpoint(.truncate)
                return true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                if ContinuousClock.now >= limit { return false }
                usleep(1000)
            }
        }
    }

    /// The size of the write-ahead log.
    package var walBytes: Int {
        Self.fileSize(path + "-wal")
    }

    static func fileSize(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The suffixes of a store's path for each file that belongs to it; the store itself first.
    package static let fileSuffixes =
        ["", "-wal", "-shm", "-lock", "-next-lock"] + Role.allCases.map { "-\($0.rawValue)-lock" }

    /// Work that only one process does at a time.
    package enum Role: String, Sendable, CaseIterable {
        case evaluate
        case send
        case rollUp = "roll-up"
        case deadLetters = "dead-letters"
    }

    /// Runs `body` if nothing else holds the role; otherwise returns nil without running it.
    ///
    /// The system releases the lock of a process that dies, so nothing has to expire.
    package func whileAlone<Value>(in role: Role, _ body: () throws -> Value) throws -> Value? {
        // The file lock belongs to the whole process; threads of one process are distinguished here.
        guard let lock = roles[role], heldRoles.withLock({ $0.insert(role).inserted }) else { return nil }
        defer { _ = heldRoles.withLock { $0.remove(role) } }
        guard try lock.tryExclusive() else { return nil }
        defer { lock.unlock() }
        return try body()
    }

    /// Runs `body`, which may suspend, if nothing else holds the role; otherwise returns nil without running it.
    package func whileAlone<Value>(in role: Role, _ body: () async throws -> Value) async throws -> Value? {
        guard let lock = roles[role], heldRoles.withLock({ $0.insert(role).inserted }) else { return nil }
        defer { _ = heldRoles.withLock { $0.remove(role) } }
        guard try lock.tryExclusive() else { return nil }
        defer { lock.unlock() }
        return try await body()
    }

    /// Runs `body` on one snapshot of the store: it does not see what other processes write in the meantime.
    package func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        try read { _ in try body() }
    }
}
