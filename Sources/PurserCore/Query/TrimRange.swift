/// The samples that a trimmed statistic looks at: above a lower bound, up to and including an upper one.
package enum TrimRange: Sendable, Hashable {
    /// The lowest samples, up to a percentage, as in `tm90`.
    case lowest(percent: Double)
    /// From one percentage of the samples to another, as in `TM(2%:98%)`; nil is 0 or 100.
    case percent(above: Double?, upTo: Double?)
    /// From one value to another, as in `TM(150:1000)`; nil means unbounded.
    case values(above: Double?, upTo: Double?)
}

extension TrimRange {
    /// Reads `(2%:98%)` or `(150:1000)`; nil if the text is neither, or if no sample can lie within the bounds.
    init?(bounds text: Substring) {
        guard text.first == "(", text.last == ")" else { return nil }
        let bounds = text.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.contains(where: { !$0.isEmpty }) else { return nil }
        let isPercent = bounds.contains { $0.hasSuffix("%") }
        var values: [Double?] = []
        for bound in bounds {
            if bound.isEmpty {
                values.append(nil)
                continue
            }
            guard bound.hasSuffix("%") == isPercent,
                let value = isPercent ? StatisticNumber.percent(bound.dropLast()) : StatisticNumber.value(bound)
            else { return nil }
            values.append(value)
        }
        let (above, upTo) = (values[0], values[1])
        if isPercent {
            guard above ?? 0 < upTo ?? 100 else { return nil }
            self = .percent(above: above, upTo: upTo)
        } else {
            if let above, let upTo, above >= upTo { return nil }
            self = .values(above: above, upTo: upTo)
        }
    }

    /// The bounds in brackets, which ``init(bounds:)`` reads back; `lowest` has no lower bound.
    var bounds: String {
        switch self {
        case .lowest(let percent): TrimRange.percent(above: nil, upTo: percent).bounds
        case .percent(let above, let upTo): Self.bounds(above, upTo, unit: "%")
        case .values(let above, let upTo): Self.bounds(above, upTo, unit: "")
        }
    }

    private static func bounds(_ above: Double?, _ upTo: Double?, unit: String) -> String {
        let texts = [above, upTo].map { $0.map { StatisticNumber.text($0) + unit } ?? "" }
        return "(" + texts.joined(separator: ":") + ")"
    }
}

/// The numbers in a statistic's name: plain decimals with up to ten places.
enum StatisticNumber {
    static func percent(_ text: Substring) -> Double? {
        number(text, mostDigits: 3).flatMap { $0 <= 100 ? $0 : nil }
    }

    /// Reads a number with up to fifteen digits before the point, which a double can distinguish.
    static func value(_ text: Substring) -> Double? {
        number(text, mostDigits: 15)
    }

    private static func number(_ text: Substring, mostDigits: Int) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...mostDigits).contains(parts[0].utf8.count),
            parts.count == 1 || (1...10).contains(parts[1].utf8.count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        return Double(text)
    }

    /// Returns the fewest digits that read back as the same number, never with an exponent.
    static func text(_ value: Double) -> String {
        if value.rounded() == value, let whole = Int(exactly: value) { return String(whole) }
        let plain = value.description
        guard plain.contains("e") else { return plain }
        // Doubles below 1/10,000 are written with an exponent. Their ten decimal places make an integer.
        var digits = String(Int((value * 1e10).rounded()))
        digits = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        while digits.last == "0" {
            digits.removeLast()
        }
        return "0." + digits
    }
}
