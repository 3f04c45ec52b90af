import GRDB
import PurserCore

/// Why a store operation failed; data that was stored before is untouched.
package struct StoreError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// There is no file at the path.
        case missing
        /// The file or its folder is not writable.
        case unwritable
        /// The file cannot be opened.
        case unopenable
        /// This user may read the file but not write it or its folder, which SQLite needs to read it alone.
        case readOnly
        /// The file is not a SQLite database, or its pages are damaged.
        case corrupt
        /// The disk has no room left.
        case full
        /// Another process held the store for longer than the busy timeout.
        case busy
        /// Too many writes are waiting already, so no more are accepted.
        case overloaded
        /// No more writes are accepted, because the program is ending.
        case closed
        /// The file is on a network file system, whose locks SQLite cannot trust.
        case networkFileSystem
        /// The file or its log was removed or replaced while this program had it open.
        case replaced
        /// The file has more than one name, each with a log and locks of its own.
        case linked
        /// The file was written by a newer program.
        case tooNew
        /// Anything else that SQLite reports.
        case failed
    }

    package let kind: Kind
    package let path: String
    /// The message of SQLite or the system.
    package let detail: String

    package init(_ kind: Kind, path: String, detail: String = "") {
        self.kind = kind
        self.path = path
        self.detail = detail
    }

    package var description: String {
        let reason = detail.isEmpty ? "" : " (\(detail))"
        return switch kind {
        case .missing:
            "there is no store at \(path); `purser restore` puts a backup there, and `purser demo`, `purser replay` or"
                + " `purser metrics put` creates one"
        case .unwritable:
            "cannot write \(path)\(reason); nothing was stored: check the permissions of the file and its folder"
        case .unopenable:
            "cannot open the store \(path)\(reason); check the path and its permissions"
        case .readOnly:
            "the store \(path) is read-only for this user\(reason), who can read it only while a program of its owner has"
                + " it open: start purserd or run this as its owner, or read a copy that its owner made with `purser backup`"
        case .corrupt:
            "the store \(path) is damaged or is not a store\(reason); nothing was changed: keep a copy of the file,"
                + " then restore a backup, or save what can be read with `sqlite3 FILE .recover`"
        case .full:
            "the disk that holds \(path) is full\(reason); this write was not stored, but earlier data is intact:"
                + " free some space and run the command again"
        case .busy:
            "another process held the store \(path) for more than \(Store.busyTimeoutSeconds) s\(reason); nothing was"
                + " stored: run the command again"
        case .overloaded:
            "too many writes are waiting for the store \(path)\(reason); this one was not stored: try again in a"
                + " moment, or run `purser doctor` to find out why the disk is slow"
        case .closed:
            "the store \(path) accepts no more writes, because the program is ending; this one was not stored"
        case .networkFileSystem:
            "the store \(path) is on a network file system\(reason), where SQLite's locks are not reliable; use a local"
                + " disk"
        case .replaced:
            "the store \(path) was removed or replaced while this program had it open\(reason); nothing more is read or"
                + " stored: stop every program that uses it, put the right file in its place, by `purser restore` from a"
                + " backup if it is gone, and start them again"
        case .linked:
            "the store \(path) has more than one name\(reason), and programs that use different names overwrite each"
                + " other's data: remove the other hard links, or mount the store's folder instead of the file"
        case .tooNew:
            "the store \(path) was written by a newer purser\(reason); update this program"
        case .failed:
            "the store \(path) failed\(reason)"
        }
    }

    /// Returns what SQLite or the system says of a failure, for a message that has advice of its own.
    static func reason(of error: any Error, path: String) -> String {
        let error = translating(error, path: path)
        guard let detail = (error as? StoreError)?.detail, !detail.isEmpty else { return "\(error)" }
        return detail
    }

    /// Whether the system did not let the store be opened or written.
    var isOfAccess: Bool {
        kind == .unwritable || kind == .unopenable
    }

    /// Returns whether the disk has no room left or fails.
    static func isDiskFault(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        return error.resultCode == .SQLITE_FULL || error.resultCode == .SQLITE_IOERR
    }

    /// Translates SQLite's result codes and damaged distributions; any other error is returned unchanged.
    static func translating(_ error: any Error, path: String) -> any Error {
        if error is CorruptDistribution { return StoreError(.corrupt, path: path, detail: "\(error)") }
        guard let error = error as? DatabaseError else { return error }
        let kind: Kind =
            switch error.resultCode {
            case .SQLITE_NOTADB, .SQLITE_CORRUPT: .corrupt
            case .SQLITE_FULL: .full
            case .SQLITE_READONLY, .SQLITE_PERM: .unwritable
            case .SQLITE_CANTOPEN: .unopenable
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            default: .failed
            }
        let name = error.extendedResultCode.description
        return StoreError(kind, path: path, detail: (error.message ?? "no detail") + ", SQLite code " + name)
    }
}
