import GRDB
package import PurserCore

extension Store {
    /// Returns the stretches of time in which alarms were in ALARM, as far as they overlap a time range, in the order of
    /// their starts.
    package func alarmSpans(in range: Range<Timestamp>) throws -> [AlarmSpan] {
        try read { db in
            // Of each alarm, the last change before the range says how it begins.
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT name, time, new_state FROM alarm_history AS change
                    WHERE time < ?2 AND (time >= ?1 OR id = (
                        SELECT id FROM alarm_history WHERE name = change.name AND time < ?1
                        ORDER BY time DESC, id DESC LIMIT 1))
                    ORDER BY time, id
                    """,
                arguments: [range.lowerBound.milliseconds, range.upperBound.milliseconds]
            )
            var spans: [AlarmSpan] = []
            var open: [String: Int] = [:]
            for row in rows {
                let (name, time) = (row["name"] as String, Timestamp(milliseconds: row["time"]))
                if try state(row["new_state"]) != .alarm {
                    if let index = open.removeValue(forKey: name) { spans[index].end = time }
                } else if open[name] == nil {
                    open[name] = spans.count
                    spans.append(AlarmSpan(name: name, start: time))
                }
            }
            return spans
        }
    }
}
