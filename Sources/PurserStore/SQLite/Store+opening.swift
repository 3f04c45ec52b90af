import Foundation
import GRDB
import PurserCore

extension Store {
    /// - Parameter hasLog: Whether readers and the writer use a write-ahead log; without one, only one program may use the
    ///   file.
    ///
    /// A file without a log that is another program's is not opened, because opening it as a store would change it.
    static func configuration(hasLog: Bool, path: String) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(TimeInterval(busyTimeoutSeconds))
        // References are checked by `doctor`: checking them on every insert would cost as much as the insert.
        configuration.foreignKeysEnabled = false
        configuration.label = "purser.store"
        configuration.prepareDatabase { db in
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            // For a new file: pages that hold several hours' blocks without much waste, and that can be released one by
            // one.
            if mode != "wal", hasLog {
                try checkIsStore(db, path)
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

    /// For looking into a file that may be no store, or not one of this version.
    static var readOnly: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(TimeInterval(busyTimeoutSeconds))
        return configuration
    }

    /// Throws if the file at a path is no store that can be opened because of where it is: on a network's disk, or with more
    /// than one name.
    package static func checkPlace(of path: String) throws {
        try prepareFile(path, .existing)
        _ = try StoreFile(path: path, realPath: StoreFile.realPath(path))
    }

    static func prepareFile(_ path: String, _ opening: Opening) throws {
        if !FileManager.default.fileExists(atPath: path) {
            guard opening == .creating else { throw StoreError(.missing, path: path) }
            let folder = try prepareFolder(of: path)
            try createFile(path, in: folder)
        }
        if opening == .existing, fileSize(path) == 0 { throw StoreError(.corrupt, path: path, detail: "it is empty") }
        // A copy needs no locks, and may be on another machine's disk.
        if opening != .copy, let fileSystem = NetworkFileSystem.holding(path) {
            throw StoreError(.networkFileSystem, path: path, detail: fileSystem)
        }
    }

    /// Creates a file's folder if it does not exist, and returns its path.
    @discardableResult
    static func prepareFolder(of path: String) throws -> String {
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
        return folder.path
    }

    private static func createFile(_ path: String, in folder: String) throws {
        // The ledger names users, so only the owner may access the file and, with it, SQLite's side files.
        var descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        var status = stat()
        if descriptor >= 0 {
            // What root creates in a service's folder belongs to the service, or the service could not open it.
            if geteuid() == 0, stat(folder, &status) == 0 { _ = fchown(descriptor, status.st_uid, status.st_gid) }
        } else if errno == EEXIST {
            // Another process was faster: closing its file here would give up the locks of this process on it, as POSIX
            // says of fcntl. Or a symbolic link names a file that does not exist yet.
            if access(path, F_OK) == 0 { return }
            descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        }
        guard descriptor >= 0 else {
            throw StoreError(.unwritable, path: path, detail: String(cString: strerror(errno)))
        }
        Foundation.close(descriptor)
    }

    private static func checkIsStore(_ db: Database, _ path: String) throws {
        let tables = Set(try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'"))
        guard tables.isEmpty || tables.contains("grdb_migrations") else {
            throw StoreError(.corrupt, path: path, detail: "it is another program's database")
        }
    }

    func migrate(_ progress: (Int, Int) -> Void) throws {
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
            guard try !isComplete() else { return }
            try queue.read { try Self.checkIsStore($0, path) }
            let applied = Set(try queue.read { try migrator.appliedMigrations($0) })
            if applied.isEmpty { return try migrator.migrate(queue) }
            let names = migrator.migrations
            for (done, name) in names.enumerated() where !applied.contains(name) {
                progress(done, names.count)
                try migrator.migrate(queue, upTo: name)
            }
        }
    }

    /// The numbered files of `migrations/`, in order.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for file in EmbeddedFile.all(in: "migrations") {
            let name = String(file.name.dropLast(4))
            migrator.registerMigration(name, foreignKeyChecks: .immediate) { db in
                try db.execute(sql: file.text)
                if name == StoredNames.migration { try StoredNames.normalise(db) }
            }
        }
        return migrator
    }
}
