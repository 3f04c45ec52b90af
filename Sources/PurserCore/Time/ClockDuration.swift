/// A length of time as people write it: `90s`, `3h`, `1h30m`, `2w`.
package struct ClockDuration: Sendable, Hashable, CustomStringConvertible {
    package let seconds: Int

    /// Fifty years.
    private static let longestSeconds = 50 * 366 * 86_400

    private static let units: [(letter: UInt8, seconds: Int)] = [
        (UInt8(ascii: "w"), 604_800), (UInt8(ascii: "d"), 86_400), (UInt8(ascii: "h"), 3600), (UInt8(ascii: "m"), 60),
        (UInt8(ascii: "s"), 1),
    ]

    /// The forms, for error messages.
    package static let allowed =
        "a number with its unit, such as 90s, 30m, 3h, 7d, 2w or 1h30m; more than 0, at most 50 years"

    package init(seconds: Int) {
        self.seconds = seconds
    }

    /// Reads whole numbers with their units, the longest first; nil for anything else, for zero, and for more than
    /// fifty years.
    package init?(_ text: some StringProtocol) {
        var total = 0
        var units = Self.units[...]
        var number: Int?
        for byte in text.utf8 {
            if (48...57).contains(byte) {
                let (shifted, isOver) = (number ?? 0).multipliedReportingOverflow(by: 10)
                guard !isOver, shifted <= Self.longestSeconds else { return nil }
                number = shifted + Int(byte) - 48
            } else {
                guard let value = number, let index = units.firstIndex(where: { $0.letter == byte }) else { return nil }
                let (product, isOver) = value.multipliedReportingOverflow(by: units[index].seconds)
                guard !isOver, product <= Self.longestSeconds - total else { return nil }
                total += product
                units = units[(index + 1)...]
                number = nil
            }
        }
        guard number == nil, total > 0 else { return nil }
        seconds = total
    }

    /// The shortest text that ``init(_:)`` reads as this duration: `1d`, `1h30m`.
    package var description: String {
        // A day and some hours are easier to compare in hours: 36h.
        let unit = Self.units.first { seconds % $0.seconds == 0 && $0.letter != UInt8(ascii: "w") }
        if let unit, unit.seconds > 1 || seconds < 60 {
            return "\(seconds / unit.seconds)" + String(decoding: [unit.letter], as: UTF8.self)
        }
        var rest = seconds
        return Self.units.reduce(into: "") { text, unit in
            let count = rest / unit.seconds
            rest -= count * unit.seconds
            if count > 0 { text += "\(count)" + String(decoding: [unit.letter], as: UTF8.self) }
        }
    }
}
