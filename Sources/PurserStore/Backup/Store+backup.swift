import Foundation
import GRDB
package import PurserCore

extension Store {
    /// Writes a copy of the store to a file while other programs write; the copy is one state of the store, checked and
    /// complete by itself.
    ///
    /// It is written beside the file first, so that the file is never a part of a copy. An existing file is replaced
    /// only if `replaces` is true, the store itself never.
    package func backup(to file: String, replaces: Bool, at time: Timestamp) throws -> StoreBackup {
        try checkTarget(file, replaces: replaces)
        try self.file.check()
        let copy = try CopyFile(beside: file)
        defer { copy.remove() }
        try copy.fill(from: queue)
        let store = try Store(path: copy.path, .copy)
        try store.write { db in
            try db.execute(sql: "INSERT OR REPLACE INTO backup VALUES (1, ?)", arguments: [time.milliseconds])
        }
        let faults = try store.read { try store.copyFaults($0) }
        guard faults.isEmpty else {
            throw BackupError(
                "the copy of \(path) has faults, so it was not kept: \(faults.joined(separator: "; ")); see `purser doctor`"
            )
        }
        let rows = try store.ledgerRows()
        try store.close()
        let bytes = Self.fileSize(copy.path)
        // A copy that root makes may be read by the one who may read the store, and by nobody else.
        try copy.move(to: file, owner: CopyFile.owner(of: realPath))
        return StoreBackup(store: path, file: file, time: time, bytes: bytes, ledgerRows: rows)
    }

    /// Checks what a copy must fulfil: the file's pages, its references, and the totals of money against the ledger.
    func copyFaults(_ db: Database) throws -> [String] {
        var faults = try String.fetchAll(db, sql: "PRAGMA quick_check").filter { $0 != "ok" }
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
            let table: String = row[0]
            let parent: String = row[2]
            faults.append("a row of \(table) refers to a missing row of \(parent)")
        }
        return try faults + differingMonths(db) + differingBudgets(db)
    }

    func ledgerRows() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM ledger") ?? 0 }
    }

    /// Closes the connection, after which the store cannot be used.
    func close() throws {
        do {
            try queue.close()
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// Returns the times at which copies were put in the place of this store, oldest first.
    package func restorations() throws -> [Restoration] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT time, copied, calls, spent, skipped FROM restoration ORDER BY id"
            )
            return try rows.map { row in
                guard let spent = Int128(row[3] as String) else {
                    throw StoreError(.corrupt, path: path, detail: "an amount of a restoration is not a number")
                }
                return Restoration(
                    time: Timestamp(milliseconds: row[0]),
                    copied: (row[1] as Int64?).map(Timestamp.init(milliseconds:)),
                    calls: row[2],
                    spent: Picodollars(spent),
                    skipped: row[4]
                )
            }
        }
    }

    private func checkTarget(_ file: String, replaces: Bool) throws {
        try checkExisting(file, replaces: replaces)
        // Every program that opens the copy would take them for its own.
        for suffix in ["-wal", "-shm", "-journal"] where access(file + suffix, F_OK) == 0 {
            throw BackupError(
                "\(file)\(suffix) belongs to another store; nothing was written: `purser restore` replaces a store; if"
                    + " that store is gone, remove this file"
            )
        }
    }

    private func checkExisting(_ file: String, replaces: Bool) throws {
        var (target, own) = (stat(), stat())
        let ownError = BackupError("\(file) is a file of the store itself; a backup needs another file")
        if StoreFile.realPath(file) == realPath + "-journal" { throw ownError }
        guard lstat(file, &target) == 0 else { return }
        let isFile = stat(file, &target) == 0 && target.st_mode & S_IFMT == S_IFREG
        for suffix in Self.fileSuffixes where stat(realPath + suffix, &own) == 0 {
            if target.st_dev == own.st_dev, target.st_ino == own.st_ino { throw ownError }
        }
        guard isFile else { throw BackupError("\(file) is not a regular file; a backup needs a file of its own") }
        guard replaces else {
            throw BackupError("\(file) exists; nothing was written: choose another name, or give --force to replace it")
        }
    }
}
