import GRDB
import PurserCore

extension Store {
    /// The maximum number of rows to remove in one transaction.
    private static let rowsPerTransaction = 400

    /// Returns the kinds of records whose retention has ended at an hour, each with the hour before which all of them
    /// are to be removed.
    func forgettable(at hour: Int64, _ db: Database) throws -> [Retention.Record: Int64] {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT name, ?1 - hours FROM retention WHERE ?1 - hours > gone_before",
            arguments: [hour]
        )
        return Dictionary(rows.compactMap { row in Retention.Record(rawValue: row[0]).map { ($0, row[1]) } }) { $1 }
    }

    /// Removes records from before an hour; if time runs out before all are gone, the next run continues.
    ///
    /// The last change of each alarm and the messages about it stay, because they show how long the alarm has been in
    /// its state.
    ///
    /// - Parameter now: The hour from which ages are counted.
    func forget(_ record: Retention.Record, before hour: Int64, now: Int64, isTimeUp: () -> Bool) throws {
        let limit = Timestamp(seconds: hour * 3600)
        switch record {
        case .messages:
            let delete = """
                DELETE FROM outbox WHERE rowid IN (
                    SELECT rowid FROM outbox
                    WHERE status = 'sent' AND created < ?1 AND sent < ?1 AND NOT (
                        about = 'alarm' AND json_extract(attributes, '$.reminder') IS NULL
                        AND number = (SELECT transition FROM alarm WHERE alarm.name = outbox.source))
                    LIMIT ?2)
                """
            guard try remove(delete, limit, isTimeUp) else { return }
        case .ledger:
            guard try removeCalls(before: limit, now: Timestamp(seconds: now * 3600), isTimeUp) else { return }
        case .history:
            let delete = """
                DELETE FROM alarm_history WHERE id IN (
                    SELECT id FROM alarm_history AS old WHERE time < ?1 AND EXISTS (
                        SELECT 1 FROM alarm_history AS new WHERE new.name = old.name AND new.transition > old.transition)
                    LIMIT ?2)
                """
            guard try remove(delete, limit, isTimeUp) else { return }
            try write { db in
                // The longest period of a budget is a month, of whichever zone.
                let month = CalendarMonth(containing: limit - 32 * 86_400).description
                try db.execute(sql: "DELETE FROM budget_notification WHERE month < ?", arguments: [month])
                // Of names that have had no call for longer than the longest window: without a row, they have used nothing.
                try db.execute(
                    sql: """
                        DELETE FROM budget_total
                        WHERE source = 'live' AND latest < min(?, (SELECT max(time) FROM ledger) - 32 * 86400000)
                            AND scope IN ('team', 'user', 'access_key', 'application', 'session')
                        """,
                    arguments: [(limit - 32 * 86_400).milliseconds]
                )
                try db.execute(
                    sql:
                        "DELETE FROM evaluated_span WHERE last < ? AND start < (SELECT max(start) FROM evaluated_span)",
                    arguments: [limit.milliseconds]
                )
            }
        }
        try write { db in
            let sql = "UPDATE retention SET gone_before = ? WHERE name = ?"
            try db.execute(sql: sql, arguments: [hour, record.rawValue])
        }
    }

    /// Runs a statement until it removes less than its limit; returns false if time runs out before that.
    private func remove(_ sql: String, _ before: Timestamp, _ isTimeUp: () -> Bool) throws -> Bool {
        while !isTimeUp() {
            let count = try write { db in
                try db.execute(sql: sql, arguments: [before.milliseconds, Self.rowsPerTransaction])
                return db.changesCount
            }
            if count < Self.rowsPerTransaction { return true }
            letOthersWrite()
        }
        return false
    }
}
