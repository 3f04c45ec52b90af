import GRDB
import PurserCore

extension Store {
    /// How long the totals of a day must have been the same before its calls are removed: logs of one day may be imported
    /// one after the other.
    static let removalGraceSeconds = 7 * 86_400
    /// The maximum number of calls that one transaction removes.
    private static let callsPerTransaction = 400

    /// Removes the calls of counted days that ended before a time; returns false if time runs out before all are gone.
    func removeCalls(before limit: Timestamp, now: Timestamp, _ isTimeUp: () -> Bool) throws -> Bool {
        guard try finishRemovals(isTimeUp) else { return false }
        let days = try read { db in
            try Int64.fetchAll(
                db,
                sql: "SELECT day FROM ledger_day WHERE state = 'counted' AND day < ? ORDER BY day",
                arguments: [limit.milliseconds / LedgerPart.dayMilliseconds]
            )
        }
        for day in days {
            if isTimeUp() { return false }
            // Nothing could mend wrong totals after this.
            let isWrong = try read { try differingDay(day, $0) != nil }
            try write { db in
                try db.execute(
                    sql: "UPDATE ledger_day SET state = ? WHERE day = ? AND state = 'counted' AND counted <= ?",
                    arguments: [
                        isWrong ? DayState.counting.rawValue : DayState.removing.rawValue, day,
                        (now - Self.removalGraceSeconds).milliseconds,
                    ]
                )
            }
            guard try finishRemovals(isTimeUp) else { return false }
        }
        return true
    }

    /// Removes what is left of the calls of days whose removal has begun, whatever the retention is by now.
    private func finishRemovals(_ isTimeUp: () -> Bool) throws -> Bool {
        while let day = try read({
            try Int64.fetchOne($0, sql: "SELECT min(day) FROM ledger_day WHERE state = 'removing'")
        }) {
            var removed = Self.callsPerTransaction
            while removed == Self.callsPerTransaction {
                if isTimeUp() { return false }
                removed = try write { db in
                    try db.execute(
                        sql: """
                            DELETE FROM ledger WHERE id IN (
                                SELECT id FROM ledger WHERE time >= ?1 AND time < ?2
                                    AND id <= (SELECT last_id FROM ledger_day WHERE day = ?3) LIMIT ?4)
                            """,
                        arguments: [
                            LedgerPart.start(ofDay: day).milliseconds, LedgerPart.start(ofDay: day + 1).milliseconds,
                            day,
                            Self.callsPerTransaction,
                        ]
                    )
                    let count = db.changesCount
                    if count < Self.callsPerTransaction {
                        try db.execute(sql: "UPDATE ledger_day SET state = 'removed' WHERE day = ?", arguments: [day])
                    }
                    return count
                }
                letOthersWrite()
            }
        }
        return true
    }
}
