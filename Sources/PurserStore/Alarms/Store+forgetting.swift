import GRDB
import PurserCore

extension Store {
    /// The most rows that are removed in one transaction.
    private static let rowsPerTransaction = 400

    /// Removes the records that have left their retention at `now`.
    ///
    /// The messages of an alarm's last change stay, and so does the change: both say since when it is in its state.
    func forgetRecords(at now: Timestamp, isTimeUp: () -> Bool) throws {
        let retention = try retention()
        let messages = now - retention.hours(of: .messages) * 3600
        let history = now - retention.hours(of: .history) * 3600
        try forget(
            """
            DELETE FROM outbox WHERE rowid IN (
                SELECT rowid FROM outbox WHERE status = 'sent' AND created < ?1 AND NOT EXISTS (
                    SELECT 1 FROM alarm
                    WHERE about = 'alarm' AND alarm.name = outbox.source AND alarm.transition = outbox.number
                ) LIMIT ?2)
            """,
            messages.milliseconds,
            isTimeUp
        )
        try forget(
            """
            DELETE FROM alarm_history WHERE id IN (
                SELECT id FROM alarm_history AS old WHERE time < ?1 AND EXISTS (
                    SELECT 1 FROM alarm_history AS new WHERE new.name = old.name AND new.transition > old.transition
                ) LIMIT ?2)
            """,
            history.milliseconds,
            isTimeUp
        )
        try write { db in
            try db.execute(
                sql: "DELETE FROM budget_notification WHERE month < ?",
                arguments: [CalendarMonth(containing: history).description]
            )
        }
    }

    private func forget(_ sql: String, _ before: Int64, _ isTimeUp: () -> Bool) throws {
        while !isTimeUp() {
            let count = try write { db in
                try db.execute(sql: sql, arguments: [before, Self.rowsPerTransaction])
                return db.changesCount
            }
            if count < Self.rowsPerTransaction { return }
            letOthersWrite()
        }
    }
}
