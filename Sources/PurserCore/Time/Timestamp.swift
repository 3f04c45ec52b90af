/// A moment in UTC, as whole milliseconds since 1970-01-01T00:00:00Z; as in POSIX time, there are no leap seconds.
///
/// Times come from outside, so arithmetic never overflows: it ends at the first and the last moment that can be written.
package struct Timestamp: Sendable, Hashable, Comparable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(seconds: Int64) {
        self.milliseconds = seconds.saturatingProduct(1000)
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 {
        milliseconds.flooredQuotient(1000)
    }

    package static func < (a: Timestamp, b: Timestamp) -> Bool {
        a.milliseconds < b.milliseconds
    }

    package static func + (time: Timestamp, seconds: Int) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds.saturatingSum(Int64(seconds).saturatingProduct(1000)))
    }

    package static func - (time: Timestamp, seconds: Int) -> Timestamp {
        time + (seconds == .min ? .max : -seconds)
    }

    /// Returns the milliseconds from `b` to `a`.
    package static func - (a: Timestamp, b: Timestamp) -> Int64 {
        a.milliseconds.saturatingDifference(b.milliseconds)
    }

    /// Returns the latest multiple of `seconds` since 1970 that is not after this moment.
    package func floored(toSeconds seconds: Int) -> Timestamp {
        let step = Int64(seconds) * 1000
        return Timestamp(milliseconds: milliseconds.flooredQuotient(step).saturatingProduct(step))
    }
}

extension Int64 {
    func saturatingSum(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other > 0 ? .max : .min) : sum
    }

    func saturatingDifference(_ other: Int64) -> Int64 {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (other < 0 ? .max : .min) : difference
    }

    func saturatingProduct(_ other: Int64) -> Int64 {
        let (product, isOver) = multipliedReportingOverflow(by: other)
        return isOver ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}

extension BinaryInteger {
    /// Returns the quotient rounded toward negative infinity, so that times before 1970 fall into the right slot.
    func flooredQuotient(_ divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}

/// A moment split into the fields of the Gregorian calendar in UTC.
package struct CalendarFields: Sendable, Equatable {
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var millisecond: Int
    /// 0 is Sunday.
    package var weekday: Int
}

extension Timestamp {
    /// The calendar fields of this moment, in UTC.
    package var fields: CalendarFields {
        let days = milliseconds.flooredQuotient(86_400_000)
        // Before the first moment that can be written, the day's start cannot be, and the difference is still exact.
        let ofDay = Int(milliseconds &- days &* 86_400_000)
        let (year, month, day) = Self.civil(fromDays: Int(days))
        return CalendarFields(
            year: year,
            month: month,
            day: day,
            hour: ofDay / 3_600_000,
            minute: ofDay / 60_000 % 60,
            second: ofDay / 1000 % 60,
            millisecond: ofDay % 1000,
            weekday: Int((days + 4) - (days + 4).flooredQuotient(7) * 7)
        )
    }

    /// Creates the moment with these fields in UTC, without checking them.
    package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0)
    {
        let days = Self.days(year: year, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        self.init(milliseconds: seconds.saturatingProduct(1000).saturatingSum(Int64(millisecond)))
    }

    /// Returns the days from 1970-01-01 to a date in the proleptic Gregorian calendar; years are counted from March, so
    /// that the leap day is the last day of a year.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = y.flooredQuotient(400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

/// A month of the Gregorian calendar in UTC: the period of the budget.
package struct CalendarMonth: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int

    package init(year: Int, month: Int) {
        self.year = year
        self.month = month
    }

    package init(containing time: Timestamp) {
        let fields = time.fields
        self.init(year: fields.year, month: fields.month)
    }

    /// Reads `2026-11`; nil if the text is anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[1].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), (1...12).contains(month)
        else { return nil }
        self.init(year: year, month: month)
    }

    package var description: String {
        String(year).leftPadded(to: 4) + "-" + String(month).leftPadded(to: 2)
    }

    package var start: Timestamp {
        Timestamp(year: year, month: month, day: 1)
    }

    /// The first moment after the month.
    package var end: Timestamp {
        next.start
    }

    package var next: CalendarMonth {
        month == 12 ? CalendarMonth(year: year + 1, month: 1) : CalendarMonth(year: year, month: month + 1)
    }

    package var days: Int {
        Int((end - start) / 86_400_000)
    }

    package static func < (a: CalendarMonth, b: CalendarMonth) -> Bool {
        (a.year, a.month) < (b.year, b.month)
    }

    /// The months' English names, January first.
    package static let names = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    package var name: String {
        Self.names[month - 1]
    }
}

extension String {
    /// Returns this text, padded on the left until it has `width` characters.
    package func leftPadded(to width: Int, with pad: Character = "0") -> String {
        String(repeating: pad, count: max(0, width - count)) + self
    }
}
