import GRDB
package import PurserCore
import Synchronization

extension Store {
    /// More than a chat request that arrives alone writes.
    private static let callBytes = 128 << 10
    /// How long a program that is gone is remembered.
    private static let heartbeatDays = 30
    /// Two heartbeats that are further apart have a gap between them. Recorders write one a minute.
    private static let longestPauseSeconds = 180

    /// Writes a program's heartbeat, which returns once it is durable; throws if the store cannot be written.
    ///
    /// After a write that failed for lack of room, it writes as much as a call does: a disk with room for a heartbeat
    /// alone is full. Each heartbeat adds a page to the write-ahead log, which is checkpointed at its usual size.
    package func beat(_ writer: String, at time: Timestamp, by commit: GroupCommit) async throws {
        let isDoubtful = lacksRoom.load(ordering: .relaxed)
        try await commit.perform { store in
            try store.beat(writer, at: time, filler: isDoubtful ? Self.callBytes : nil)
        }
        if isDoubtful { lacksRoom.store(false, ordering: .relaxed) }
    }

    /// Writes a program's heartbeat, with the namespaces of the metrics that it records and so many bytes of filler.
    ///
    /// Without namespaces, those of its last heartbeat stay.
    package func beat(
        _ writer: String,
        at time: Timestamp,
        namespaces: Set<String>? = nil,
        filler: Int? = nil
    ) throws {
        try write { db in
            let upsert = try db.cachedStatement(
                sql: """
                    INSERT INTO heartbeat (writer, time, filler, since, namespaces)
                    VALUES (?1, ?2, zeroblob(?3), ?2, ?5)
                    ON CONFLICT (writer) DO UPDATE SET time = ?2, filler = excluded.filler,
                        namespaces = coalesce(excluded.namespaces, namespaces),
                        since = iif(since IS NULL OR ?2 NOT BETWEEN time AND time + ?4, ?2, since)
                    """
            )
            try upsert.execute(arguments: [
                writer, time.milliseconds, filler ?? 0, Int64(Self.longestPauseSeconds) * 1000,
                namespaces.map { JSONValue.array($0.sorted().map(JSONValue.string)).text() },
            ])
            let forget = try db.cachedStatement(sql: "DELETE FROM heartbeat WHERE time < ?")
            try forget.execute(arguments: [(time - Self.heartbeatDays * 86_400).milliseconds])
        }
    }

    /// Returns the spans of time in which a program wrote its heartbeat, from its first to its last: each program that
    /// records metrics of a namespace, or whose namespaces are not known.
    package func heartbeatSpans(namespace: String) throws -> [ClosedRange<Timestamp>] {
        try read { db in
            let sql = """
                SELECT since, time FROM heartbeat WHERE since <= time
                    AND (namespaces IS NULL OR ? IN (SELECT value FROM json_each(namespaces)))
                """
            return try Row.fetchAll(db, sql: sql, arguments: [namespace]).map { row in
                Timestamp(milliseconds: row[0])...Timestamp(milliseconds: row[1])
            }
        }
    }
}
