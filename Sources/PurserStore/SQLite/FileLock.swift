import Foundation
import Synchronization

/// An advisory lock between processes, held on a separate file next to the store; the system releases it when a process
/// dies.
///
/// A file that was removed or replaced locks out no program that opens the path afterwards. So a lock counts only if its
/// file is the one at the path; otherwise the path is opened again.
final class FileLock: Sendable {
    private let path: String
    /// The file whose owner and mode a new lock file gets.
    private let store: String
    /// The descriptor, opened on first use: a process that reads a store without write permission never needs it.
    private let descriptor = Mutex<Int32?>(nil)

    init(path: String, store: String) {
        self.path = path
        self.store = store
    }

    deinit {
        closeFile()
    }

    /// Takes the lock exclusively if it is free, and keeps it until ``unlock()`` or the end of the process.
    func tryExclusive() throws -> Bool {
        try acquire(LOCK_EX)
    }

    func unlock() {
        descriptor.withLock { descriptor in
            if let descriptor { _ = flock(descriptor, LOCK_UN) }
        }
    }

    /// The interval at which a lock that is not free is polled.
    static let pollMicroseconds: UInt32 = 200

    /// Takes the lock exclusively once every other holder has released it.
    ///
    /// It polls because flock waits either forever or not at all: a process that is stopped while it holds the lock
    /// must not block the others.
    func wait(until limit: ContinuousClock.Instant, pollMicroseconds: UInt32 = pollMicroseconds) throws {
        try wait(for: LOCK_EX, until: limit, pollMicroseconds)
    }

    /// Takes the lock together with other sharers, once no process holds it exclusively.
    func share(until limit: ContinuousClock.Instant) throws {
        try wait(for: LOCK_SH, until: limit, Self.pollMicroseconds)
    }

    private func wait(for kind: Int32, until limit: ContinuousClock.Instant, _ pollMicroseconds: UInt32) throws {
        while try !acquire(kind) {
            guard ContinuousClock.now < limit else { throw StoreError(.busy, path: path) }
            usleep(pollMicroseconds)
        }
    }

    private func acquire(_ kind: Int32) throws -> Bool {
        while true {
            let descriptor = try opened(forSharing: kind == LOCK_SH)
            while flock(descriptor, kind | LOCK_NB) != 0 {
                switch errno {
                case EINTR: continue
                case EWOULDBLOCK: return false
                default: throw failure()
                }
            }
            if isAtPath(descriptor) { return true }
            closeFile()
        }
    }

    /// Returns whether a descriptor's file is the one that other processes find at the path.
    private func isAtPath(_ descriptor: Int32) -> Bool {
        var (mine, found) = (stat(), stat())
        guard fstat(descriptor, &mine) == 0, lstat(path, &found) == 0 else { return false }
        return mine.st_dev == found.st_dev && mine.st_ino == found.st_ino
    }

    private func closeFile() {
        descriptor.withLock { descriptor in
            if let descriptor { _ = close(descriptor) }
            descriptor = nil
        }
    }

    private func opened(forSharing: Bool) throws -> Int32 {
        try descriptor.withLock { descriptor in
            if let descriptor { return descriptor }
            // A symbolic link could make root write or own a file somewhere else.
            let flags = O_CLOEXEC | O_NOFOLLOW
            var new = open(path, O_RDWR | flags)
            if new < 0, errno == ENOENT { new = open(path, O_RDWR | O_CREAT | flags, 0o600) }
            if new < 0, forSharing { new = open(path, O_RDONLY | flags) }
            guard new >= 0 else { throw failure() }
            giveToOwner(new)
            descriptor = new
            return new
        }
    }

    /// Gives a lock file to the store's owner, with the store's mode, as SQLite does with its own side files: otherwise
    /// the first command that root runs would lock out the service.
    private func giveToOwner(_ descriptor: Int32) {
        var (file, status) = (stat(), stat())
        guard fstat(descriptor, &file) == 0, file.st_nlink == 1 else { return }
        if stat(store, &status) != 0 {
            // A store that is about to be made will belong to its folder's owner.
            let folder = URL(fileURLWithPath: store).deletingLastPathComponent().path
            guard stat(folder, &status) == 0 else { return }
            status.st_mode = 0o600
        }
        if geteuid() == 0, file.st_uid != status.st_uid || file.st_gid != status.st_gid {
            _ = fchown(descriptor, status.st_uid, status.st_gid)
        }
        let mode = status.st_mode & 0o666
        if file.st_mode & 0o777 != mode, geteuid() == 0 || file.st_uid == geteuid() { _ = fchmod(descriptor, mode) }
    }

    private func failure() -> StoreError {
        StoreError(.unwritable, path: path, detail: String(cString: strerror(errno)))
    }
}
