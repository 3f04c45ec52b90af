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

    /// The path as it was given.
    package let path: String
    /// The path without symbolic links, with which the paths of all side files begin.
    let realPath: String
    let file: StoreFile
    let queue: DatabaseQueue
    /// Held exclusively for each transaction that writes and for the checkpoint after it, because SQLite before 3.51.3
    /// can lose a commit if a checkpoint in another connection resets the log at the same time. Writers wait for each
    /// other in any case; if they shared the lock, a checkpoint would never find a moment without a writer.
    let writers: WritersLock
    /// The size of the log at which the next checkpoint is attempted; it is larger after readers have prevented one.
    let nextCheckpoint = Mutex(checkpointBytes)
    let roles: [Role: FileLock]
    /// Shared by all processes that have the store open; ``restore(_:)`` takes it exclusively.
    private let users: FileLock
    let heldRoles = Mutex<Set<Role>>([])
    /// Whether the last write failed for lack of room or because of another fault of the disk.
    let lacksRoom = Atomic(false)
    /// Row ids that are known to be committed.
    let identifiers = Mutex(Identifiers())

    struct Identifiers {
        var series: [Series: Int64] = [:]
        /// The ids that references match. They are valid while `newestSeries` is the newest series, because series are
        /// never removed.
        var matching: [MetricReference: [Int64]] = [:]
        var newestSeries: Int64 = 0
        var prices: [String: Int64] = [:]
        /// The budgets, with the number of their state.
        var budgets: (number: Int64, table: BudgetTable)?
    }

    /// Whether a missing file is created.
    package enum Opening: Sendable {
        case existing
        case creating
        /// An existing file that no other program uses. It gets no write-ahead log, so it is complete by itself.
        case copy
    }

    /// Connections to files that are not at their paths any more. They are never closed: SQLite would write the log into
    /// a file that is gone, or remove the log of the file that is there now.
    private static let lost = Mutex<[DatabaseQueue]>([])

    /// Opens the store and brings its schema up to date.
    ///
    /// Throws a ``StoreError`` that names the path and says what to do.
    ///
    /// - Parameter migrating: Called before each migration with the number of those that are done, and that of all.
    package init(path: String, _ opening: Opening, migrating: (Int, Int) -> Void = { _, _ in }) throws {
        self.path = path
        try Self.prepareFile(path, opening)
        let realPath = StoreFile.realPath(path)
        self.realPath = realPath
        writers = WritersLock(store: realPath)
        roles = Dictionary(
            uniqueKeysWithValues: Role.allCases.map {
                ($0, FileLock(path: realPath + "-" + $0.rawValue + "-lock", store: realPath))
            }
        )
        users = Self.usersLock(realPath)
        if opening != .copy { try Self.share(users) }
        // Only now: the file may have been replaced by a restore that held the lock.
        file = try StoreFile(path: path, realPath: realPath)
        do {
            let configuration = Self.configuration(hasLog: opening != .copy, path: path)
            let open = { try DatabaseQueue(path: realPath, configuration: configuration) }
            // SQLite does not wait if another process is switching the same file to WAL. As soon as that is done, and as
            // long as any program has the file open, a log is beside it.
            let isAlone = !FileManager.default.fileExists(atPath: realPath + "-wal")
            queue = isAlone ? try writers.exclusive(timeoutSeconds: Self.busyTimeoutSeconds, open) : try open()
            try migrate(migrating)
            file.rememberLog()
            try file.check()
        } catch {
            let error = StoreError.translating(error, path: path)
            guard opening == .existing, let fault = error as? StoreError, fault.isOfAccess, Self.isReadOnly(realPath)
            else {
                throw error
            }
            throw StoreError(.readOnly, path: path)
        }
    }

    /// Returns whether a file can be read, but it or its folder, in which SQLite keeps the log, cannot be written.
    private static func isReadOnly(_ path: String) -> Bool {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return access(path, R_OK) == 0 && (access(path, W_OK) != 0 || access(folder, W_OK) != 0)
    }

    deinit {
        // Closing a connection to a file that was replaced would remove the other file's log.
        if file.isLost || file.isReplaced { Self.lost.withLock { $0.append(queue) } }
    }

    /// Returns the lock that every process with the store open shares.
    static func usersLock(_ realPath: String) -> FileLock {
        FileLock(path: realPath + "-open-lock", store: realPath)
    }

    private static func share(_ users: FileLock) throws {
        do {
            try users.share(until: .now + .seconds(busyTimeoutSeconds))
        } catch let error as StoreError where error.kind == .unwritable {
            // A program that may only read the folder can do no harm to a restore, which replaces the whole file.
        }
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
                try checkFile(db)
                return try writers.exclusive(timeoutSeconds: Self.busyTimeoutSeconds) {
                    let value = try atomically(db) { db in
                        let value = try body(db)
                        // Nothing must be reported as stored that is not in the file at the path.
                        try file.check()
                        return value
                    }
                    committed(value)
                    // The transaction is committed, so it must not be reported as lost if the checkpoint fails.
                    try? checkpointIfLarge(db)
                    return value
                }
            }
        } catch {
            if StoreError.isDiskFault(error) { lacksRoom.store(true, ordering: .relaxed) }
            throw StoreError.translating(error, path: path)
        }
    }

    /// Runs `body` on one snapshot of the store; a write inside it fails.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.unsafeReentrantRead { db in
                if db.isInsideTransaction { return try body(db) }
                try file.check()
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

    /// The suffixes of a store's path for each file that belongs to it; the store itself first.
    package static let fileSuffixes =
        ["", "-wal", "-shm", "-lock", "-next-lock", "-open-lock"] + Role.allCases.map { "-\($0.rawValue)-lock" }

    /// Runs `body` on one snapshot of the store: it does not see what other processes write in the meantime.
    package func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        try read { _ in try body() }
    }
}

extension Store {
    /// Returns a number that changes whenever another connection, of this process or another, has committed a write.
    ///
    /// Source: SQLite's documentation of `PRAGMA data_version`. Numbers of different connections cannot be compared.
    package func changeNumber() throws -> Int {
        try read { db in try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0 }
    }
}
