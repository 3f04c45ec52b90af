import GRDB
package import PurserCore

extension Store {
    /// Returns the stretches of time in which alarms of these names were in ALARM, as far as they overlap a time range,
    /// in the order of their starts.
    package func alarmSpans(of names: [String], in range: Range<Timestamp>) throws -> [AlarmSpan] {
        try read { db in
            let columns = "SELECT name, id, time, new_state FROM alarm_history WHERE name = ?1 AND time"
            let inRange = try db.cachedStatement(sql: columns + " >= ?2 AND time < ?3")
            // The last change before the range says how it begins.
            let before = try db.cachedStatement(sql: columns + " < ?2 ORDER BY time DESC, id DESC LIMIT 1")
            var rows: [Row] = []
            for name in Set(names) {
                let start = range.lowerBound.milliseconds
                rows += try Row.fetchAll(before, arguments: [name, start])
                rows += try Row.fetchAll(inRange, arguments: [name, start, range.upperBound.milliseconds])
            }
            rows.sort { ($0["time"] as Int64, $0["id"] as Int64) < ($1["time"] as Int64, $1["id"] as Int64) }
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
