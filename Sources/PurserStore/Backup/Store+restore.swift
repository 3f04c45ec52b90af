import Foundation
import GRDB
package import PurserCore

extension Store {
    /// What `restore` was asked to do.
    package struct RestoreRequest: Sendable {
        /// The copy.
        package var file: String
        /// The store's path.
        package var path: String
        /// Whether a store may be replaced that cannot be read, or of which the copy was not made.
        package var isForced: Bool
        /// What the month is known to have cost.
        package var spent: Picodollars?

        package init(file: String, path: String, isForced: Bool, spent: Picodollars? = nil) {
            self.file = file
            self.path = path
            self.isForced = isForced
            self.spent = spent
        }
    }

    /// Puts a copy in the place of a store that no program has open, and keeps the old store beside it.
    ///
    /// The copy is completed and checked before anything is replaced: what the old store's ledger knows is carried over,
    /// and numbers that may have been used since the copy was made are left out.
    package static func restore(_ request: RestoreRequest, at time: Timestamp) throws -> RestoredStore {
        let path = request.path
        try checkSource(request)
        if !FileManager.default.fileExists(atPath: path) { try prepareFolder(of: path) }
        let realPath = StoreFile.realPath(path)
        let users = usersLock(realPath)
        try keepOthersOut(users, path, realPath)
        defer { users.unlock() }
        // Only now: another program may have created it in the meantime.
        let hasOld = FileManager.default.fileExists(atPath: realPath)
        let copy = try CopyFile(beside: realPath)
        defer { copy.remove() }
        try fill(copy, from: request.file)
        let store = try Store(path: copy.path, .copy)
        var restored = try store.complete(request, old: hasOld ? realPath : nil, at: time)
        let faults = try store.read { try store.copyFaults($0) }
        guard faults.isEmpty else { throw notAStore(request.file, faults.joined(separator: "; ")) }
        restored.ledgerRows = try store.ledgerRows()
        try store.close()
        restored.kept = try swap(copy, realPath, hasOld: hasOld, at: time)
        return restored
    }

    private static func checkSource(_ request: RestoreRequest) throws {
        var (source, target) = (stat(), stat())
        guard stat(request.file, &source) == 0, source.st_mode & S_IFMT == S_IFREG else {
            throw BackupError("\(request.file) is not a file; nothing was replaced")
        }
        guard access(request.file, R_OK) == 0 else {
            throw BackupError(
                "\(request.file) cannot be read (\(String(cString: strerror(errno)))); nothing was replaced"
            )
        }
        if stat(request.path, &target) == 0, source.st_dev == target.st_dev, source.st_ino == target.st_ino {
            throw BackupError("\(request.file) is the store itself; nothing was replaced")
        }
    }

    /// Takes the lock that every open store shares, so that no program opens the store until the lock is released.
    private static func keepOthersOut(_ users: FileLock, _ path: String, _ realPath: String) throws {
        do {
            // A command that is just ending may still have it.
            try users.wait(until: .now + .milliseconds(500))
        } catch let error as StoreError where error.kind == .busy {
            throw inUse(path, "")
        }
        // Programs that do not know the lock: SQLite itself locks a part of the file for as long as it is open. This
        // process does not have it open, so that closing the descriptor releases no lock.
        let descriptor = open(realPath, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { Foundation.close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return }
        throw inUse(path, " (process \(lock.l_pid))")
    }

    private static func inUse(_ path: String, _ holder: String) -> BackupError {
        BackupError(
            "another program has the store \(path) open\(holder); nothing was replaced: stop purserd and every other"
                + " program that uses it, and run the command again"
        )
    }

    private static func notAStore(_ file: String, _ reason: String) -> BackupError {
        BackupError("\(file) is not a valid copy of a store (\(reason)); nothing was replaced: use another copy")
    }

    private static func fill(_ copy: CopyFile, from file: String) throws {
        // Without a log, the file is complete by itself, and no file has to be made beside it to read it.
        let isComplete = fileSize(file + "-wal") == 0
        let escaped = URL(fileURLWithPath: file).absoluteString
        do {
            let source = try DatabaseQueue(
                path: isComplete ? escaped + "?immutable=1" : file,
                configuration: readOnly
            )
            let isStore = try source.read { try migrator.appliedIdentifiers($0).contains("0001-initial") }
            guard isStore else { throw notAStore(file, "it is another database") }
            try copy.fill(from: source)
            try source.close()
        } catch let error as BackupError {
            throw error
        } catch let error as StoreError where [.full, .unwritable].contains(error.kind) {
            // The copy may be good: it is the store's disk that cannot take it.
            throw error
        } catch {
            throw notAStore(file, StoreError.reason(of: error, path: file))
        }
    }

    /// Puts the copy in the store's place, and returns the path at which the old store is kept.
    private static func swap(_ copy: CopyFile, _ path: String, hasOld: Bool, at time: Timestamp) throws -> String? {
        var status = stat()
        guard hasOld, stat(path, &status) == 0 else {
            // The log of a file that is gone must not be read as the new file's.
            setAside(path, "\(path).before-restore-\(name(of: time))")
            try copy.move(
                to: path,
                owner: CopyFile.owner(of: URL(fileURLWithPath: path).deletingLastPathComponent().path)
            )
            return nil
        }
        var kept = "\(path).before-restore-\(name(of: time))"
        while link(path, kept) != 0 {
            if errno == EEXIST {
                kept += "-2"
            } else if rename(path, kept) == 0 {
                // A file system without hard links; for a moment there is no store.
                break
            } else {
                throw StoreError(.unwritable, path: kept, detail: String(cString: strerror(errno)))
            }
        }
        setAside(path, kept)
        do {
            try copy.move(to: path, owner: status)
        } catch {
            // Everything as it was: a second name would make the store refuse to open.
            if stat(path, &status) == 0 { _ = unlink(kept) } else { _ = rename(kept, path) }
            setAside(kept, path)
            throw error
        }
        return kept
    }

    /// Moves the side files of a store that is replaced next to its new path: they belong to it alone.
    private static func setAside(_ path: String, _ kept: String) {
        for suffix in ["-wal", "-journal"] { _ = rename(path + suffix, kept + suffix) }
        _ = unlink(path + "-shm")
    }

    private static func name(of time: Timestamp) -> String {
        time.iso8601().filter { $0 != ":" && $0 != "-" && $0 != "." }
    }
}
