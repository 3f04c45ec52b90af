import GRDB
package import PurserCore

extension Store {
    /// The maximum number of letters that are kept.
    package static let mostDeadLetters = 100_000

    /// Stores a letter; returns false, without changing anything, if one is already stored for its request.
    ///
    /// If there is no room, the oldest letters are dropped and counted.
    @discardableResult
    package func keep(_ letter: DeadLetter, atMost limit: Int = mostDeadLetters) throws -> Bool {
        try write { db in
            try Self.overwriteFreedSpace(db)
            defer { Self.leaveFreedSpace(db) }
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO dead_letter (request_id, correlation_id, time, user, team, application, access_key, model_id,
                        code, error, message, attempts, characters, content)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_id) DO NOTHING
                    """
            )
            let caller = letter.caller
            try insert.execute(arguments: [
                letter.requestId, letter.correlationId, letter.time.milliseconds, caller.user, caller.team,
                caller.application, caller.accessKey, letter.modelId, letter.code, letter.error, letter.message,
                letter.attempts, letter.characters, letter.content,
            ])
            guard db.changesCount == 1 else { return false }
            let count = try Int.fetchOne(try db.cachedStatement(sql: "SELECT count(*) FROM dead_letter")) ?? 0
            if count > limit {
                let gone = try erase("id IN (SELECT id FROM dead_letter ORDER BY id LIMIT ?)", [count - limit], db)
                try db.execute(sql: "UPDATE dead_letter_loss SET overflowed = overflowed + ?", arguments: [gone])
            }
            return true
        }
    }

    /// Returns the letters, oldest first.
    package func deadLetters(limit: Int) throws -> [DeadLetter] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM dead_letter ORDER BY id LIMIT ?", arguments: [limit])
                .map(DeadLetter.init)
        }
    }

    /// Returns the letters with this request id or correlation id, oldest first.
    package func deadLetters(of id: String) throws -> [DeadLetter] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM dead_letter WHERE request_id = ?1 OR correlation_id = ?1 ORDER BY id",
                arguments: [id]
            ).map(DeadLetter.init)
        }
    }

    /// Returns the letters that a queue has not accepted yet, oldest first, excluding those that it refused.
    package func unforwardedDeadLetters(limit: Int) throws -> [DeadLetter] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM dead_letter WHERE status = 'kept' ORDER BY id LIMIT ?",
                arguments: [limit]
            ).map(DeadLetter.init)
        }
    }

    package func deadLetterTotals() throws -> DeadLetterTotals {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT (SELECT count(*) FROM dead_letter) AS kept,
                        (SELECT count(*) FROM dead_letter WHERE status = 'refused') AS refused, overflowed, expired
                    FROM dead_letter_loss
                    """
            )
            guard let row else { return DeadLetterTotals() }
            return DeadLetterTotals(
                kept: row["kept"],
                refused: row["refused"],
                overflowed: row["overflowed"],
                expired: row["expired"]
            )
        }
    }

    /// Returns how many of the open letters arrived in each minute before `time`, earliest first:
    /// those with their text, which can be redriven, and those that the queue refused or did not take at an attempt.
    package func waitingDeadLetters(before time: Timestamp) throws -> [(minute: Timestamp, count: Int)] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT time / 60000, count(*) FROM dead_letter
                    WHERE time < ? AND (content IS NOT NULL OR status = 'refused' OR forwards > 0)
                    GROUP BY 1 ORDER BY 1
                    """,
                arguments: [time.milliseconds]
            )
            return rows.map { (Timestamp(seconds: ($0[0] as Int64) * 60), $0[1]) }
        }
    }

    /// Removes letters by request id, because a queue has accepted them, an answer has arrived, or a person has
    /// discarded them; returns how many were removed.
    @discardableResult
    package func removeDeadLetters(_ requestIds: [String]) throws -> Int {
        try write { db in
            try requestIds.reduce(0) { try $0 + erase("request_id = ?", [$1], db) }
        }
    }

    /// Removes letters older than `time`, oldest first and at most `limit` of them, and counts them as expired; returns
    /// how many were removed.
    @discardableResult
    package func expireDeadLetters(before time: Timestamp, limit: Int = 1000) throws -> Int {
        let isDue = try read { db in
            try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM dead_letter WHERE time < ?)",
                arguments: [time.milliseconds]
            ) ?? false
        }
        // Usually nothing is due, and no writer should have to wait for an empty transaction.
        guard isDue else { return 0 }
        return try write { db in
            let due = "id IN (SELECT id FROM dead_letter WHERE time < ? ORDER BY time LIMIT ?)"
            let count = try erase(due, [time.milliseconds, limit], db)
            try db.execute(sql: "UPDATE dead_letter_loss SET expired = expired + ?", arguments: [count])
            return count
        }
    }

    /// Keeps a letter for another attempt to send it to the queue, and records why this attempt failed.
    package func markUnforwarded(_ requestId: String, error: String) throws {
        try write { db in
            try Self.overwriteFreedSpace(db)
            defer { Self.leaveFreedSpace(db) }
            try db.execute(
                sql: "UPDATE dead_letter SET forwards = forwards + 1, forward_error = ?2 WHERE request_id = ?1",
                arguments: [requestId, error]
            )
        }
    }

    /// Excludes a letter from further attempts because the queue refused it permanently.
    package func markRefused(_ requestId: String, error: String) throws {
        try write { db in
            try Self.overwriteFreedSpace(db)
            defer { Self.leaveFreedSpace(db) }
            try db.execute(
                sql: """
                    UPDATE dead_letter SET status = 'refused', forwards = forwards + 1, forward_error = ?2
                    WHERE request_id = ?1
                    """,
                arguments: [requestId, error]
            )
        }
    }

    /// Counts a redrive of a letter before it begins; returns its number, from 1, or nil if the letter is gone.
    package func beginRedrive(_ requestId: String) throws -> Int? {
        try write { db in
            try Self.overwriteFreedSpace(db)
            defer { Self.leaveFreedSpace(db) }
            return try Int.fetchOne(
                db,
                sql: "UPDATE dead_letter SET redrives = redrives + 1 WHERE request_id = ? RETURNING redrives",
                arguments: [requestId]
            )
        }
    }
}

extension DeadLetter {
    fileprivate init(_ row: Row) {
        self.init(
            requestId: row["request_id"],
            correlationId: row["correlation_id"],
            time: Timestamp(milliseconds: row["time"]),
            caller: Caller(row),
            modelId: row["model_id"],
            code: row["code"],
            error: row["error"],
            message: row["message"],
            attempts: row["attempts"],
            characters: row["characters"],
            content: row["content"]
        )
        redrives = row["redrives"]
        status = Status(rawValue: row["status"]) ?? .kept
        forwards = row["forwards"]
        forwardError = row["forward_error"]
    }
}
