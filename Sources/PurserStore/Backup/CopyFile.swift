import Foundation
import GRDB

/// A copy of a store that is being made beside the path where it belongs, and is removed unless it gets there.
struct CopyFile {
    let path: String

    /// Creates an empty file that only its owner may read.
    init(beside target: String) throws {
        path = "\(target).part-\(getpid())"
        Self.removeAbandoned(of: target)
        remove()
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.unwritable, path: path, detail: String(cString: strerror(errno)))
        }
        close(descriptor)
    }

    /// Fills the file from a database with SQLite's online backup, which copies one state of it while others write.
    func fill(from source: DatabaseQueue) throws {
        do {
            let target = try DatabaseQueue(path: path)
            try source.backup(to: target)
            // The copy is complete by itself: it has no log.
            try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try target.close()
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// Removes what processes that have ended left behind: a backup every night would fill the disk with them.
    private static func removeAbandoned(of target: String) {
        let url = URL(fileURLWithPath: target)
        let folder = url.deletingLastPathComponent().path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard name.hasPrefix(url.lastPathComponent + ".part-"),
                let process = name.dropFirst(url.lastPathComponent.count + 6).split(separator: "-").first,
                let id = pid_t(process), kill(id, 0) != 0, errno == ESRCH
            else { continue }
            _ = unlink(folder + "/" + name)
        }
    }

    /// Removes the file and all files that were made beside it.
    func remove() {
        for suffix in Store.fileSuffixes + ["-journal"] { _ = unlink(path + suffix) }
    }

    /// Writes the file to the disk, gives it to an owner, and puts it at a path, where it replaces a file.
    func move(to target: String, owner: stat? = nil) throws {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        if let owner {
            if geteuid() == 0 { _ = fchown(descriptor, owner.st_uid, owner.st_gid) }
            _ = fchmod(descriptor, owner.st_mode & 0o666)
        }
        guard fsync(descriptor) == 0, rename(path, target) == 0 else { throw failure(target) }
        Self.sync(folderOf: target)
    }

    /// Writes a folder to the disk, so that a file that was put in it is there after a power cut.
    static func sync(folderOf path: String) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// Returns the owner of a file or folder, for a copy that nobody else may read; nil if that is not known.
    static func owner(of path: String) -> stat? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        status.st_mode = 0o600
        return status
    }

    private func failure(_ path: String) -> StoreError {
        StoreError(.unwritable, path: path, detail: String(cString: strerror(errno)))
    }
}
