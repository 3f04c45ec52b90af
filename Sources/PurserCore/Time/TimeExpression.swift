/// A moment as people write it, absolute or relative to now; the calendar and the clock are those of UTC.
package struct TimeExpression: Sendable, Hashable {
    private enum Form: Hashable {
        case moment(Timestamp)
        case ago(ClockDuration)
        /// So many days before today, and the milliseconds since that day began.
        case day(Int, Int64)
    }

    /// A form with an example and its meaning.
    package struct Rule: Sendable {
        package let example: String
        package let meaning: String
    }

    /// Every form that is read.
    package static let rules: [Rule] = [
        Rule(example: "2026-11-24T10:52Z", meaning: "ISO 8601; without an offset it is in UTC"),
        Rule(example: "2026-11-24T11:52:30+01:00", meaning: "with seconds, and with a distance from UTC"),
        Rule(example: "2026-11-24 10:52", meaning: "with a space in place of the T"),
        Rule(example: "2026-11-24", meaning: "the beginning of that day"),
        Rule(example: "10:52", meaning: "today at that time, even if it is still to come"),
        Rule(example: "today 09:00", meaning: "the same with its day; `today` alone is when the day began"),
        Rule(example: "yesterday 14:00", meaning: "the day before; `yesterday` alone is when it began"),
        Rule(example: "-3h", meaning: "so long before now"),
        Rule(example: "3h ago", meaning: "the same in words"),
        Rule(example: "now", meaning: "the present moment"),
    ]

    /// The forms, for error messages.
    package static let allowed = "a time like 2026-11-24T10:52Z, 10:52, -3h, yesterday 14:00 or now"

    private let form: Form

    /// Reads one of the forms of ``rules``; nil for anything else, and for years before 1970 and after 2199.
    package init?(_ text: String) {
        guard let form = Self.form(text) else { return nil }
        self.form = form
    }

    private static func form(_ text: String) -> Form? {
        if text == "now" { return .ago(ClockDuration(seconds: 0)) }
        if text.hasPrefix("-") { return ClockDuration(text.dropFirst()).map(Form.ago) }
        if text.hasSuffix(" ago") { return ClockDuration(text.dropLast(4)).map(Form.ago) }
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        for (day, name) in ["today", "yesterday"].enumerated() where words[0] == name {
            if words.count == 1 { return .day(day, 0) }
            return timeOfDay(words[1]).map { .day(day, $0) }
        }
        if let time = timeOfDay(text[...]) { return .day(0, time) }
        guard let time = Timestamp(iso8601: text), (1970..<2200).contains(time.fields.year) else { return nil }
        return .moment(time)
    }

    /// Returns the milliseconds of `10:52` or `10:52:30` since the day began.
    private static func timeOfDay(_ text: Substring) -> Int64? {
        // Nothing but digits and colons: an offset would make it a moment of another day.
        guard text.utf8.count == 5 || text.utf8.count == 8, text.utf8.allSatisfy({ (48...58).contains($0) }) else {
            return nil
        }
        return Timestamp(iso8601: "1970-01-01T" + text)?.milliseconds
    }

    /// Returns the moment, if it is `now` now.
    package func time(now: Timestamp) -> Timestamp {
        switch form {
        case .moment(let time): time
        case .ago(let duration): now - duration.seconds
        case .day(let days, let offset):
            Timestamp(milliseconds: now.floored(toSeconds: 86_400).milliseconds + offset) - days * 86_400
        }
    }
}
