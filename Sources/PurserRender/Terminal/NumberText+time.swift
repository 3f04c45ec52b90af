import PurserCore

extension NumberText {
    /// Returns a length of time in three significant digits: `0.23ms`, `840ms`, `9.84s`, `1m12s`, `5h32m`.
    package static func duration(seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        if seconds < 0 { return "-" + duration(seconds: -seconds) }
        if seconds == 0 { return "0s" }
        if seconds < 0.000_005 { return "<0.01ms" }
        if seconds < 0.9995 { return milliseconds(seconds * 1000) }
        if seconds < 59.95 { return significant(seconds) + "s" }
        return elapsed(seconds: Int(min(seconds, 1e12).rounded()), isExact: true)
    }

    private static func milliseconds(_ value: Double) -> String {
        let text = significant(value)
        guard text.contains(".") else { return text + "ms" }
        let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()
        return String(trimmed) + "ms"
    }

    /// Returns an age in one or two units: `38s`, `27m`, `5h32m`, `3d04h`; never negative.
    package static func age(milliseconds: Int64) -> String {
        elapsed(seconds: Int(max(0, milliseconds) / 1000), isExact: false)
    }

    /// Returns a configured length of time in all its units: `10s`, `5m`, `3h`, `1h30m`, `7d`.
    static func span(seconds: Int) -> String {
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"),
        ]
        let text = parts.filter { $0.0 > 0 }.map { String($0.0) + $0.1 }.joined()
        return text.isEmpty ? "0s" : text
    }

    private static func elapsed(seconds: Int, isExact: Bool) -> String {
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
        if seconds < 60 { return "\(seconds)s" }
        if minutes < 60 {
            return isExact ? "\(minutes)m" + String(seconds % 60).leftPadded(to: 2) + "s" : "\(minutes)m"
        }
        if hours < 48 { return "\(hours)h" + String(minutes % 60).leftPadded(to: 2) + "m" }
        return "\(days)d" + String(hours % 24).leftPadded(to: 2) + "h"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    /// Returns a time as `Mon 2026-11-23 14:32:10 UTC`.
    static func moment(_ time: Timestamp) -> String {
        weekdays[time.fields.weekday] + " " + time.date + " " + time.timeOfDay + " UTC"
    }

    /// Returns a time as `14:05`, or as `11-21 14:05` if its date differs from that of `reference`.
    static func clock(_ time: Timestamp, seenFrom reference: Timestamp, seconds: Bool = false) -> String {
        let clock = seconds ? time.timeOfDay : time.hourAndMinute
        if time.date == reference.date { return clock }
        let isSameYear = time.fields.year == reference.fields.year
        return (isSameYear ? String(time.date.dropFirst(5)) : time.date) + " " + clock
    }

    /// Returns the two ends of a window, without dates if both are on the day of `reference`, and with years if they are
    /// months apart or in another year; a window of seconds has seconds.
    static func ends(_ from: Timestamp, _ to: Timestamp, seenFrom reference: Timestamp, seconds: Bool) -> (
        from: String, to: String
    ) {
        let isOfDay = from.date == reference.date && to.date == reference.date
        let isInYear = [from, to].allSatisfy { $0.fields.year == reference.fields.year }
        let hasYear = !isInYear || to - from > longestWithoutYear
        let text = { (time: Timestamp) in
            let clock = seconds ? time.timeOfDay : time.hourAndMinute
            if isOfDay { return clock }
            return (hasYear ? time.date : String(time.date.dropFirst(5))) + " " + clock
        }
        return (text(from), text(to))
    }

    private static let longestWithoutYear: Int64 = 62 * 86_400_000
}
