/// An exact amount of money: whole picodollars, a millionth of a millionth of a US dollar.
///
/// A price of $0.00875 per million tokens is 8,750 picodollars per token; every Bedrock price is a whole number of
/// them, so costs and their sums are exact.
package struct Picodollars: Sendable, Hashable, Comparable {
    package var rawValue: Int128

    package init(_ rawValue: Int128) {
        self.rawValue = rawValue
    }

    package init(cents: Int128) {
        self.init(cents * Self.cent.rawValue)
    }

    package static let zero = Picodollars(0)
    /// One US dollar.
    package static let dollar = Picodollars(1_000_000_000_000)
    /// One US cent.
    package static let cent = Picodollars(10_000_000_000)
    /// The decimals of a dollar that can be stored.
    package static let decimals = 12

    package static func < (a: Picodollars, b: Picodollars) -> Bool {
        a.rawValue < b.rawValue
    }

    package static func + (a: Picodollars, b: Picodollars) -> Picodollars {
        Picodollars(a.rawValue + b.rawValue)
    }

    package static func - (a: Picodollars, b: Picodollars) -> Picodollars {
        Picodollars(a.rawValue - b.rawValue)
    }

    package static func += (a: inout Picodollars, b: Picodollars) {
        a = a + b
    }

    package static func -= (a: inout Picodollars, b: Picodollars) {
        a = a - b
    }

    /// The amount in dollars as a double: for ratios and charts, never for sums.
    package var dollars: Double {
        Double(rawValue) / 1e12
    }
}

extension Picodollars: CustomStringConvertible {
    /// Dollars with all twelve decimals: `2.322991800000`.
    package var description: String {
        let digits = String(rawValue.magnitude).leftPadded(to: 13)
        return (rawValue < 0 ? "-" : "") + digits.dropLast(12) + "." + digits.suffix(12)
    }

    /// Reads dollars in plain decimals, `25` or `0.00875`, with at most twelve decimals and sixteen whole digits; nil
    /// for anything else, including a sign or an exponent.
    package init?(dollars text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? String(parts[1]) : ""
        guard (1...2).contains(parts.count), (1...16).contains(parts[0].count), decimals.count <= 12,
            parts.count == 1 || !decimals.isEmpty,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let value = Int128(String(parts[0]) + decimals + String(repeating: "0", count: 12 - decimals.count))
        else { return nil }
        rawValue = value
    }

    /// Dollars rounded to cents, half away from zero: `19.56`; `<0.01` for an amount above zero that would print as 0.00.
    package var cents: String {
        let cent = Self.cent.rawValue
        let magnitude = Int128(rawValue.magnitude)
        let rounded = (magnitude + cent / 2) / cent
        return (rawValue < 0 && rounded > 0 ? "-" : "") + Self.text(cents: rounded, of: self)
    }

    /// ``cents`` with the currency sign: `$19.56`, `<$0.01`, `-$2.00`.
    package var inDollars: String {
        Self.withCurrency(cents)
    }

    /// Dollars with so many decimals, or with two significant digits if those are more: `$0.50002`, `$0.00012`.
    package func inDollars(decimals: Int) -> String {
        var unit: Int128 = 1
        for _ in decimals..<Self.decimals { unit *= 10 }
        while unit > 1, self > .zero, self < .cent, rawValue < unit * 10 { unit /= 10 }
        return "$" + Picodollars((rawValue + unit / 2) / unit * unit).exactDollars
    }

    /// ``cents`` with a sign: `+19.56`, `-0.12`, `0.00`.
    package var signedCents: String {
        let text = cents
        return rawValue > 0 && !text.hasPrefix("<") ? "+" + text : text
    }

    private static func withCurrency(_ text: String) -> String {
        guard let first = text.first, first == "<" || first == "-" else { return "$" + text }
        return String(first) + "$" + text.dropFirst()
    }

    /// Dollars with all significant decimals, at least the cents: `25.00`, `0.0035`.
    package var exactDollars: String {
        let parts = description.split(separator: ".")
        let decimals = parts[1].prefix(2) + parts[1].dropFirst(2).reversed().drop { $0 == "0" }.reversed()
        return parts[0] + "." + decimals
    }

    /// Returns an amount's part in whole cents, as ``centsAddingUp(_:)`` gives it: `19.56`; `<0.01` for zero cents of an
    /// amount that is not zero.
    package static func text(cents: Int128, of amount: Picodollars) -> String {
        cents == 0 && amount > .zero ? "<0.01" : text(cents: cents)
    }

    /// ``text(cents:of:)`` with the currency sign.
    package static func textInDollars(cents: Int128, of amount: Picodollars) -> String {
        withCurrency(text(cents: cents, of: amount))
    }

    static func text(cents: Int128) -> String {
        let digits = String(cents).leftPadded(to: 3)
        return digits.dropLast(2) + "." + digits.suffix(2)
    }

    /// Returns whole cents for each amount that add up to the rounded total: each is rounded down, and those with the
    /// largest remainders get the cents that were lost; ties go to the earlier row.
    package static func centsAddingUp(_ amounts: [Picodollars]) -> (rows: [Int128], total: Int128) {
        let cent = Self.cent.rawValue
        // Half a cent is rounded away from zero, as ``cents`` rounds it.
        let sum = amounts.reduce(0) { $0 + $1.rawValue }
        let total = sum < 0 ? -((-sum + cent / 2) / cent) : (sum + cent / 2) / cent
        var rows = amounts.map { $0.rawValue.flooredQuotient(cent) }
        let rests = zip(amounts, rows).map { $0.rawValue - $1 * cent }
        let order = rests.indices.sorted { rests[$0] == rests[$1] ? $0 < $1 : rests[$0] > rests[$1] }
        for index in order.prefix(Int(max(0, total - rows.reduce(0, +)))) { rows[index] += 1 }
        return (rows, total)
    }
}
