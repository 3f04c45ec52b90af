import GRDB

extension Store {
    /// Removes letters and leaves none of their text in the file's free pages; returns how many were removed.
    ///
    /// The write-ahead log has their text until ``eraseRemovedTexts()``.
    func erase(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> Int {
        try Self.overwriteFreedSpace(db)
        defer { Self.leaveFreedSpace(db) }
        let hasContent = try Bool.fetchAll(
            db,
            sql: "DELETE FROM dead_letter WHERE \(condition) RETURNING content IS NOT NULL",
            arguments: arguments
        )
        let texts = hasContent.count { $0 }
        if texts > 0 {
            try db.execute(sql: "UPDATE dead_letter_loss SET unerased = unerased + ?", arguments: [texts])
        }
        return hasContent.count
    }

    /// Makes SQLite overwrite what it removes with zeros, also where it only moves letters between pages.
    static func overwriteFreedSpace(_ db: Database) throws {
        try db.execute(sql: "PRAGMA secure_delete = ON")
    }

    /// Undoes ``overwriteFreedSpace(_:)``: nothing else in the store contains text, so it needs no extra writes.
    static func leaveFreedSpace(_ db: Database) {
        try? db.execute(sql: "PRAGMA secure_delete = OFF")
    }

    /// Empties the write-ahead log if it may have the text of a removed letter; returns false if a reader prevents that
    /// for longer than `patienceMilliseconds`, so that it has to be called again.
    package func eraseRemovedTexts(patienceMilliseconds: Int = readerPatienceMilliseconds) throws -> Bool {
        let texts = try read { db in try Int.fetchOne(db, sql: "SELECT unerased FROM dead_letter_loss") ?? 0 }
        guard texts > 0 else { return true }
        // First without writing anything: while a reader prevents it, each attempt would make the log grow.
        guard try checkpoint(patienceMilliseconds: patienceMilliseconds) else { return false }
        guard try rewriteLetters() else { return false }
        guard try checkpoint(patienceMilliseconds: patienceMilliseconds) else { return false }
        try write { db in
            // Texts that another process has removed in the meantime are still counted.
            try db.execute(sql: "UPDATE dead_letter_loss SET unerased = max(0, unerased - ?)", arguments: [texts])
        }
        return true
    }

    /// The size of the texts up to which they are written anew.
    private static let rewrittenBytes = 32 << 20

    /// Writes the remaining letters to new pages, and overwrites the old ones.
    ///
    /// When SQLite moves rows between pages, the start of a text can stay behind in a page's unused space, where
    /// `secure_delete` does not find it. With many letters that wait, this is left for a later time; returns false then.
    private func rewriteLetters() throws -> Bool {
        try write { db in
            let size = try Int.fetchOne(db, sql: "SELECT coalesce(sum(length(content)), 0) FROM dead_letter") ?? 0
            guard size <= Self.rewrittenBytes else { return false }
            try Self.overwriteFreedSpace(db)
            defer { Self.leaveFreedSpace(db) }
            // In memory: see the configuration of the connection.
            try db.execute(
                sql: """
                    CREATE TEMP TABLE remaining AS SELECT * FROM main.dead_letter;
                    DELETE FROM main.dead_letter;
                    INSERT INTO main.dead_letter SELECT * FROM temp.remaining;
                    DROP TABLE temp.remaining;
                    """
            )
            return true
        }
    }
}
