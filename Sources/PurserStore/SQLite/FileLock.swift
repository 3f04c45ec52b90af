import Foundation
import Synchronization

/// An advisory lock between processes, held on a separate file next to the store; the system releases it when a process
/// dies.
final class FileLock: Sendable {
    private let path: String
    /// The descriptor, opened on first use: a process that reads a store without write permission never needs it.
    private let descriptor = Mutex<Int32?>(nil)

    init(path: String) {
        self.path = path
    }

    deinit {
        descriptor.withLock { descriptor in
            if let descriptor { _ = close(descriptor) }
        }
    }

    /// Takes the lock exclusively if it is free, and keeps it until ``unlock()`` or the end of the process.
    func tryExclusive() throws -> Bool {
        try acquire()
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
