import GRDB
package import PurserCore

extension Store {
    func enqueue(_ message: OutboxMessage, _ db: Database) throws {
        let attributes = JSONValue.object(message.attributes.map { .init($0.name, .string($0.value)) })
        try db.execute(
            sql: """
                INSERT INTO outbox
                    (id, target, subject, body, attributes, created, about, source, number, month)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                """,
            arguments: [
                message.id, message.target.description, message.subject, message.body, attributes.text(),
                message.created.milliseconds,
            ] + Self.columns(of: message.about)
        )
    }

    /// Returns the messages with the given status, oldest first.
    package func messages(_ status: OutboxMessage.Status, limit: Int = 1000) throws -> [OutboxMessage] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT * FROM outbox WHERE status = ? ORDER BY created, rowid LIMIT ?",
                arguments: [status.rawValue, limit]
            )
            return try rows.map(message)
        }
    }

    private static func columns(of about: OutboxMessage.About) -> StatementArguments {
        switch about {
        case .alarm(let name, let number): ["alarm", name, number, nil]
        case .budget(let name, let period): ["budget", name, nil, period]
        }
    }

    /// Returns the messages about one alarm, newest first.
    ///
    /// - Parameter change: The number of the change that they report or repeat; nil means any.
    package func messages(about alarm: String, change: Int? = nil, limit: Int) throws -> [OutboxMessage] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM outbox WHERE about = 'alarm' AND source = ?1 AND (?2 IS NULL OR number = ?2)
                    ORDER BY created DESC, rowid DESC LIMIT ?3
                    """,
                arguments: [alarm, change, limit]
            )
            return try rows.map(message)
        }
    }

    /// Returns the messages about a budget in a month, newest first.
    package func messages(aboutBudget budget: String, _ month: CalendarMonth) throws -> [OutboxMessage] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM outbox WHERE about = 'budget' AND source = ? AND month = ?
                    ORDER BY created DESC, rowid DESC
                    """,
                arguments: [budget, month.description]
            )
            return try rows.map(message)
        }
    }

    /// Returns how many messages have the given status.
    package func messageCount(_ status: OutboxMessage.Status) throws -> Int {
        try read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox WHERE status = ?", arguments: [status.rawValue]) ?? 0
        }
    }

    /// Marks a message as accepted by the service.
    package func markSent(_ id: String, at time: Timestamp) throws {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE outbox SET status = 'sent', sent = ?2, attempts = attempts + 1, error = NULL,
                        next_attempt = NULL
                    WHERE id = ?1
                    """,
                arguments: [id, time.milliseconds]
            )
        }
    }

    /// Keeps a message for another attempt at `next`, and records why this attempt failed.
    package func markWaiting(_ id: String, error: String, next: Timestamp) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE outbox SET attempts = attempts + 1, error = ?2, next_attempt = ?3 WHERE id = ?1",
                arguments: [id, error, next.milliseconds]
            )
        }
    }

    /// Stops trying to deliver a message until a person retries it.
    package func markFailed(_ id: String, error: String) throws {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE outbox SET status = 'failed', attempts = attempts + 1, error = ?2, next_attempt = NULL
                    WHERE id = ?1
                    """,
                arguments: [id, error]
            )
        }
    }

    /// Puts the messages that were refused back into the queue, and returns how many there were.
    ///
    /// Their content may be outdated, so those that are more than a minute old at `now` are marked late.
    package func retryFailedMessages(late now: Timestamp) throws -> Int {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE outbox SET attributes = json_set(attributes, '$.late', 'true')
                    WHERE status = 'failed' AND created < ?
                    """,
                arguments: [now.milliseconds - 60_000]
            )
            try db.execute(sql: "UPDATE outbox SET status = 'pending', next_attempt = NULL WHERE status = 'failed'")
            return db.changesCount
        }
    }

    /// Removes the messages that were refused, and returns their ids; the changes that they report stay in the history.
    package func dropFailedMessages() throws -> [String] {
        try write { db in
            let sql = "DELETE FROM outbox WHERE status = 'failed' RETURNING id"
            return try String.fetchAll(db, sql: sql)
        }
    }

    private func message(_ row: Row) throws -> OutboxMessage {
        let attributes = try JSONValue(parsing: row["attributes"]).members ?? []
        var message = OutboxMessage(
            id: row["id"],
            target: OutboxMessage.Target(row["target"]),
            subject: row["subject"],
            body: row["body"],
            attributes: attributes.map { .init($0.key, $0.value.string ?? "") },
            about: about(row),
            created: Timestamp(milliseconds: row["created"])
        )
        message.status = OutboxMessage.Status(rawValue: row["status"]) ?? .pending
        message.attempts = row["attempts"]
        message.error = row["error"]
        let (next, sent): (Int64?, Int64?) = (row["next_attempt"], row["sent"])
        message.nextAttempt = next.map(Timestamp.init(milliseconds:))
        message.sent = sent.map(Timestamp.init(milliseconds:))
        return message
    }

    private func about(_ row: Row) -> OutboxMessage.About {
        let (name, period): (String, String?) = (row["source"], row["month"])
        guard row["about"] == "budget" else { return .alarm(name, change: row["number"] ?? 0) }
        // One row that is not complete must not stop the delivery of the others.
        return .budget(name, period: period ?? "")
    }
}
