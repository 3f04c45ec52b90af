import Foundation
import Synchronization

/// The file that a store was opened with, and the check that it is still the file at the store's path.
///
/// SQLite keeps its descriptors open: if the file or its log is removed or replaced, it goes on with files that no other
/// program finds, and all that it writes from then on is lost when the program ends.
final class StoreFile: Sendable {
    private struct Identity: Equatable {
        var device: dev_t
        var number: ino_t

        init(_ status: stat) {
            (device, number) = (status.st_dev, status.st_ino)
        }

        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            self.init(status)
        }
    }

    private struct State {
        /// The write-ahead log and its index.
        var sideFiles: [String: Identity] = [:]
        var loss: StoreError?
        /// Whether the log has been given to the file that it belongs to, or cannot be.
        var isLogSettled = false
    }

    /// The path as it was given. A symbolic link on it is followed at each check.
    private let path: String
    /// The path without symbolic links, beside which SQLite and the locks have their files.
    private let realPath: String
    private let identity: Identity
    private let state = Mutex(State())

    /// Remembers the file at a path; throws if it has more than one name.
    init(path: String, realPath: String) throws {
        guard let status = try Self.status(path) else { throw StoreError(.missing, path: path) }
        self.path = path
        self.realPath = realPath
        identity = Identity(status)
        try Self.checkNames(status, path: path)
        if NetworkFileSystem.isMounted(realPath) {
            throw StoreError(.linked, path: path, detail: "it is mounted by itself, without its folder")
        }
    }

    /// Remembers the write-ahead log and its index. SQLite keeps both for as long as any connection is open.
    func rememberLog() {
        let files = ["-wal", "-shm"].compactMap { suffix in
            Identity(path: realPath + suffix).map { (suffix, $0) }
        }
        state.withLock { $0.sideFiles = Dictionary(files) { first, _ in first } }
    }

    /// Whether another file is at the path now.
    var isReplaced: Bool {
        Identity(path: realPath).map { $0 != identity } ?? false
    }

    /// Throws if the file at the path, or its log, is not the one that SQLite has open, or if the file has got another
    /// name.
    ///
    /// A loss is final: what other programs have done to the files in the meantime is not known.
    func check() throws {
        try state.withLock { state in
            if let loss = state.loss { throw loss }
            guard let status = try Self.status(path) else { throw lose("the file was removed", &state) }
            guard Identity(status) == identity else { throw lose("another file is in its place", &state) }
            try Self.checkNames(status, path: path)
            if !state.sideFiles.isEmpty, status.st_size == 0 { throw lose("it was emptied", &state) }
            for (suffix, identity) in state.sideFiles where Identity(path: realPath + suffix) != identity {
                throw lose("its \(suffix) file was removed or replaced", &state)
            }
        }
    }

    /// Whether a check has found that the file is not at its path any more.
    var isLost: Bool {
        state.withLock { $0.loss != nil }
    }

    /// Returns true, once, if the file is lost but the log that belongs to it is still at the path.
    ///
    /// The next program to open the path would take that log for the log of the file that is there now.
    func leavesLogBehind() -> Bool {
        state.withLock { state in
            guard state.loss != nil, !state.isLogSettled else { return false }
            state.isLogSettled = true
            guard Identity(path: path) != identity, state.sideFiles["-wal"] != nil else { return false }
            return state.sideFiles.allSatisfy { Identity(path: realPath + $0.key) == $0.value }
        }
    }

    private func lose(_ what: String, _ state: inout State) -> StoreError {
        let loss = StoreError(.replaced, path: path, detail: what)
        state.loss = loss
        return loss
    }

    /// Returns the status of a file; nil if there is none.
    private static func status(_ path: String) throws -> stat? {
        var status = stat()
        if stat(path, &status) == 0 { return status }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw StoreError(.unopenable, path: path, detail: String(cString: strerror(errno)))
    }

    /// Each name has a log and locks of its own, so two programs that use different names overwrite each other's pages.
    private static func checkNames(_ status: stat, path: String) throws {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.unopenable, path: path, detail: "it is not a regular file")
        }
        guard status.st_nlink > 1 else { return }
        throw StoreError(.linked, path: path, detail: "it has \(status.st_nlink) hard links")
    }

    /// Returns a path without its symbolic links; the path itself if that is not possible.
    static func realPath(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
