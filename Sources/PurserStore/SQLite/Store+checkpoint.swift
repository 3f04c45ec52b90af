import Foundation
import GRDB
import Synchronization

extension Store {
    /// Checkpoints the write-ahead log; returns false if a reader prevents that for longer than `patienceMilliseconds`.
    @discardableResult
    package func checkpoint(patienceMilliseconds: Int = readerPatienceMilliseconds) throws -> Bool {
        do {
            return try queue.unsafeReentrantWrite { db in
                // Inside a transaction SQLite has nothing to checkpoint yet.
                guard !db.isInsideTransaction else { return false }
                try checkFile(db)
                return try writers.exclusive(timeoutSeconds: Self.busyTimeoutSeconds) {
                    try fold(db, patienceMilliseconds: patienceMilliseconds)
                }
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// Throws if the file at the path is not the one that is open. The log is given to the file that it belongs to first,
    /// even if that has no name any more: it must not be left to the file that is at the path now.
    func checkFile(_ db: Database) throws {
        do {
            try file.check()
        } catch {
            if file.leavesLogBehind() {
                _ = try? writers.exclusive(timeoutSeconds: 1) { try fold(db, patienceMilliseconds: 0) }
            }
            throw error
        }
    }

    func checkpointIfLarge(_ db: Database) throws {
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
        Self.fileSize(realPath + "-wal")
    }

    package static func fileSize(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
