import GRDB
package import PurserCore

extension Store {
    /// The maximum number of refused requests that are kept: half for authenticated senders, half for all others, so that
    /// strangers cannot displace the refusals of callers.
    package static let mostRefusedRequests = 100_000

    /// Stores refused requests in one transaction, and counts `dropped` others that were not kept.
    ///
    /// If there is no room, the oldest ones are removed and counted.
    package func keep(_ requests: [RefusedRequest], dropped: Int = 0, atMost limit: Int = mostRefusedRequests) throws {
        guard !requests.isEmpty || dropped > 0 else { return }
        try write { db in
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO refused_request (request_id, correlation_id, time, signed_in, user, team, application,
                        access_key, session, model_id, code, reason)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            )
            for request in requests {
                let caller = request.caller
                try insert.execute(arguments: [
                    request.requestId, request.correlationId, request.time.milliseconds, request.isSignedIn,
                    caller.user, caller.team, caller.application, caller.accessKey, caller.session, request.modelId,
                    request.code, request.reason,
                ])
            }
            var overflowed = 0
            for isSignedIn in Set(requests.map(\.isSignedIn)) {
                let count = try refusedRequests(isSignedIn: isSignedIn, db)
                if count > limit / 2 { overflowed += try removeOldest(count - limit / 2, isSignedIn: isSignedIn, db) }
            }
            guard overflowed > 0 || dropped > 0 else { return }
            try db.execute(
                sql: "UPDATE refused_request_loss SET overflowed = overflowed + ?, dropped = dropped + ?",
                arguments: [overflowed, dropped]
            )
        }
    }

    private func refusedRequests(isSignedIn: Bool, _ db: Database) throws -> Int {
        let count = try db.cachedStatement(sql: "SELECT count(*) FROM refused_request WHERE signed_in = ?")
        return try Int.fetchOne(count, arguments: [isSignedIn]) ?? 0
    }

    private func removeOldest(_ count: Int, isSignedIn: Bool, _ db: Database) throws -> Int {
        let delete = try db.cachedStatement(
            sql: """
                DELETE FROM refused_request WHERE id IN
                    (SELECT id FROM refused_request WHERE signed_in = ? ORDER BY time LIMIT ?)
                """
        )
        try delete.execute(arguments: [isSignedIn, count])
        return db.changesCount
    }

    /// Returns the refused requests with this request id or correlation id, oldest first.
    package func refusedRequests(of id: String, limit: Int) throws -> [RefusedRequest] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM refused_request WHERE request_id = ?1 OR correlation_id = ?1 ORDER BY id LIMIT ?2",
                arguments: [id, limit]
            ).map(RefusedRequest.init)
        }
    }

    package func refusedRequestTotals() throws -> RefusedRequestTotals {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT (SELECT count(*) FROM refused_request) AS kept, overflowed, expired, dropped
                    FROM refused_request_loss
                    """
            )
            return row.map { row in
                RefusedRequestTotals(
                    kept: row["kept"],
                    overflowed: row["overflowed"],
                    expired: row["expired"],
                    dropped: row["dropped"]
                )
            } ?? RefusedRequestTotals()
        }
    }

    /// Removes refused requests older than `time`, at most `limit` of them, and counts them as expired; returns how many
    /// were removed.
    @discardableResult
    package func expireRefusedRequests(before time: Timestamp, limit: Int = 1000) throws -> Int {
        let due = "SELECT id FROM refused_request WHERE signed_in IN (0, 1) AND time < ?"
        let isDue = try read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (\(due))", arguments: [time.milliseconds]) ?? false
        }
        // Usually nothing is due, and no writer should have to wait for an empty transaction.
        guard isDue else { return 0 }
        return try write { db in
            try db.execute(
                sql: "DELETE FROM refused_request WHERE id IN (\(due) LIMIT ?)",
                arguments: [time.milliseconds, limit]
            )
            let count = db.changesCount
            try db.execute(sql: "UPDATE refused_request_loss SET expired = expired + ?", arguments: [count])
            return count
        }
    }
}

extension RefusedRequest {
    fileprivate init(_ row: Row) {
        self.init(
            requestId: row["request_id"],
            correlationId: row["correlation_id"],
            time: Timestamp(milliseconds: row["time"]),
            isSignedIn: row["signed_in"],
            caller: Caller(row),
            modelId: row["model_id"],
            code: row["code"],
            reason: row["reason"]
        )
    }
}
