extension Timestamp: CustomStringConvertible {
    /// ISO 8601 in UTC, `2026-11-23T14:06:10Z`; with milliseconds only if they are not zero.
    package var description: String {
        iso8601()
    }

    /// Returns ISO 8601 in UTC: `2026-11-23T14:06:10Z`, or `…:10.250Z` if milliseconds are requested or not zero.
    package func iso8601(milliseconds always: Bool = false) -> String {
        let f = fields
        let fraction = always || f.millisecond != 0 ? "." + String(f.millisecond).leftPadded(to: 3) : ""
        return date + "T" + clock(f) + fraction + "Z"
    }

    /// The date alone, `2026-11-23`.
    package var date: String {
        let f = fields
        return String(f.year).leftPadded(to: 4) + "-" + String(f.month).leftPadded(to: 2) + "-"
            + String(f.day).leftPadded(to: 2)
    }

    /// The time of day, `14:06:10`.
    package var timeOfDay: String {
        clock(fields)
    }

    /// The time of day to the minute, `14:06`.
    package var hourAndMinute: String {
        String(clock(fields).prefix(5))
    }

    private func clock(_ f: CalendarFields) -> String {
        [f.hour, f.minute, f.second].map { String($0).leftPadded(to: 2) }.joined(separator: ":")
    }

    /// Reads ISO 8601: `2026-11-23`, `2026-11-23T14:06`, `2026-11-23T14:06:10.5Z`, `2026-11-23 14:06:10+01:00`.
    ///
    /// A time without an offset is UTC. Digits beyond the millisecond are dropped. Nil if the text is anything else,
    /// names a day or an hour that does not exist, or is a moment whose year in UTC does not have four digits.
    package init?(iso8601 text: some StringProtocol) {
        var scanner = DigitScanner(text.utf8)
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), (1...12).contains(month), scanner.skip("-"),
            let day = scanner.number(digits: 2), day >= 1, day <= CalendarMonth(year: year, month: month).days
        else { return nil }
        self.init(year: year, month: month, day: day)
        if scanner.isAtEnd { return }
        guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60
        else { return nil }
        milliseconds += Int64(hour * 3_600_000 + minute * 60_000)
        if scanner.skip(":") {
            guard let second = scanner.number(digits: 2), second < 60 else { return nil }
            milliseconds += Int64(second * 1000)
            if scanner.skip(".") {
                guard let fraction = scanner.fraction(digits: 3) else { return nil }
                milliseconds += Int64(fraction)
            }
        }
        if scanner.isAtEnd || (scanner.skip("Z") || scanner.skip("z")) && scanner.isAtEnd { return }
        let isEast = scanner.skip("+")
        guard isEast || scanner.skip("-"), let hours = scanner.number(digits: 2), hours < 24 else { return nil }
        _ = scanner.skip(":")
        guard let minutes = scanner.number(digits: 2), minutes < 60, scanner.isAtEnd else { return nil }
        milliseconds -= (isEast ? 1 : -1) * Int64(hours * 60 + minutes) * 60_000
        // An offset can lead out of these years, to a moment that would be written as a text that cannot be read.
        guard Self.fourDigitYears.contains(self) else { return nil }
    }

    private static let fourDigitYears =
        Timestamp(year: 0, month: 1, day: 1)..<Timestamp(year: 10_000, month: 1, day: 1)
}

/// Reads fixed-width decimal fields.
private struct DigitScanner<Bytes: Collection> where Bytes.Element == UInt8 {
    private var rest: Bytes.SubSequence

    init(_ bytes: Bytes) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Reads a fraction and returns its first `digits` decimals; further ones are read and dropped.
    mutating func fraction(digits: Int) -> Int? {
        guard var value = digit() else { return nil }
        var count = 1
        while let next = digit() {
            if count < digits {
                value = value * 10 + next
                count += 1
            }
        }
        while count < digits {
            value *= 10
            count += 1
        }
        return value
    }

    private mutating func digit() -> Int? {
        guard let first = rest.first, (48...57).contains(first) else { return nil }
        rest = rest.dropFirst()
        return Int(first) - 48
    }
}
