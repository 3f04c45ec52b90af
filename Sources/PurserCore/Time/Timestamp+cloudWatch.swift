extension Timestamp {
    /// The time as CloudWatch's messages write it, in UTC with milliseconds: `2026-07-09T02:36:47.890+0000`.
    var cloudWatchText: String {
        iso8601(milliseconds: true).dropLast() + "+0000"
    }

    /// The time as CloudWatch's reasons write it, in UTC: `14/09/26 05:51:30`.
    var reasonText: String {
        let f = fields
        let date = [f.day, f.month, f.year % 100].map { String($0).leftPadded(to: 2) }.joined(separator: "/")
        return date + " " + timeOfDay
    }

    /// The time as CloudWatch's reasons for composite alarms write it: `Monday 14 September, 2026 11:18:52 UTC`.
    var longText: String {
        let f = fields
        let weekday = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][f.weekday]
        let month = CalendarMonth.names[f.month - 1]
        return "\(weekday) \(String(f.day).leftPadded(to: 2)) \(month), \(f.year) \(timeOfDay) UTC"
    }
}
