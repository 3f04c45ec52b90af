import Foundation
import Synchronization

/// An advisory lock between processes, on a file of its own beside the store; the system lets go of it when a process dies.
final class FileLock: Sendable {
    private let path: String
    /// The descriptor, opened at the first use: a reader of a store that it may not write needs none.
    private let descriptor = Mutex<Int32?>(nil)

    init(path: String) {
        self.path = path
    }

    deinit {
        descriptor.withLock { descriptor in
            if let descriptor { _ = close(descriptor) }
        }
    }

    /// Takes the lock alone if nobody holds it, and keeps it until ``unlock()`` or the end of the process.
    func tryExclusive() throws -> Bool {
        try acquire()
    }

    func unlock() {
        descriptor.withLock { descriptor in
            if let descriptor { _ = flock(descriptor, LOCK_UN) }
        }
    }

    /// How often a lock that somebody holds is asked for.
    static let pollMicroseconds: UInt32 = 200

    /// Takes the lock alone once every other holder has let go.
    ///
    /// flock can wait for ever or not at all: a process that was stopped while it held the lock must not stop the others.
    func wait(until limit: ContinuousClock.Instant, pollMicroseconds: UInt32 = pollMicroseconds) throws {
        while try !acquire() {
            guard ContinuousClock.now < limit else { throw StoreError(.busy, path: path) }
            usleep(pollMicroseconds)
        }
    }

    private func acquire() throws -> Bool {
        let descriptor = try opened()
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            default: throw StoreError(.unwritable, path: path, detail: String(cString: strerror(errno)))
            }
        }
        return true
    }

    private func opened() throws -> Int32 {
        try descriptor.withLock { descriptor in
            if let descriptor { return descriptor }
            let new = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard new >= 0 else { throw StoreError(.unwritable, path: path, detail: String(cString: strerror(errno))) }
            descriptor = new
            return new
        }
    }
}
