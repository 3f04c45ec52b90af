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

    /// Returns the messages with one status, oldest first.
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
        case .budget(let name, let month): ["budget", name, nil, month.description]
        }
    }

    /// Returns the messages about one alarm, newest first.
    package func messages(about alarm: String, limit: Int) throws -> [OutboxMessage] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM outbox WHERE about = 'alarm' AND source = ?
                    ORDER BY created DESC, rowid DESC LIMIT ?
                    """,
                arguments: [alarm, limit]
            )
            return try rows.map(message)
        }
    }

    /// Returns how many messages have a status.
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

    /// Keeps a message for another attempt at `next`, with the reason why this one failed.
    package func markWaiting(_ id: String, error: String, next: Timestamp) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE outbox SET attempts = attempts + 1, error = ?2, next_attempt = ?3 WHERE id = ?1",
                arguments: [id, error, next.milliseconds]
            )
        }
    }

    /// Gives up a message until a person retries it.
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
    /// Their content may be outdated: those that are older than a minute at `now` are marked late.
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
            about: try about(row),
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

    private func about(_ row: Row) throws -> OutboxMessage.About {
        let (name, month): (String, String?) = (row["source"], row["month"])
        guard row["about"] == "budget" else { return .alarm(name, change: row["number"] ?? 0) }
        guard let month = month.flatMap({ CalendarMonth($0) }) else {
            throw StoreError(.corrupt, path: path, detail: "a message about the budget \(name) has no month")
        }
        return .budget(name, month)
    }
}
