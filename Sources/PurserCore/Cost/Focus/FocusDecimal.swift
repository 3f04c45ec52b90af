/// An exact decimal number of a FOCUS dataset.
package struct FocusDecimal: Sendable, Hashable, CustomStringConvertible {
    /// The number without its point, and how many of its digits stand behind it; the last of those is not 0.
    private(set) var digits: Int128
    package private(set) var decimals: Int

    package static let zero = FocusDecimal(0, decimals: 0)
    private static let mostDecimals = 36

    package init(_ digits: Int128, decimals: Int) {
        (self.digits, self.decimals) = (digits, decimals)
        while self.decimals > 0, self.digits % 10 == 0 {
            self.digits /= 10
            self.decimals -= 1
        }
    }

    package init(_ amount: Picodollars) {
        self.init(amount.rawValue, decimals: Picodollars.decimals)
    }

    /// Reads a number as FOCUS allows it: `-12.5` or `1.25E-3`, without a plus sign; nil for anything else, and for one
    /// with too many digits.
    package init?(_ text: String) {
        var rest = text.utf8[...]
        let isNegative = Self.takes("-", from: &rest)
        guard var (digits, _) = Self.digits(after: 0, from: &rest) else { return nil }
        var decimals = 0
        if Self.takes(".", from: &rest) {
            guard let behind = Self.digits(after: digits, from: &rest) else { return nil }
            (digits, decimals) = behind
        }
        if Self.takes("E", from: &rest) {
            let isBelowOne = Self.takes("-", from: &rest)
            guard let (exponent, _) = Self.digits(after: 0, from: &rest), exponent <= Self.mostDecimals else {
                return nil
            }
            decimals += isBelowOne ? Int(exponent) : -Int(exponent)
        }
        guard rest.isEmpty else { return nil }
        while decimals < 0 {
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            (digits, decimals) = (product, decimals + 1)
        }
        self.init(isNegative ? -digits : digits, decimals: decimals)
    }

    private static func takes(_ character: Unicode.Scalar, from rest: inout Substring.UTF8View) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Reads at least one digit behind those of `start`; nil if there is none, or the number is too large.
    private static func digits(
        after start: Int128,
        from rest: inout Substring.UTF8View
    ) -> (value: Int128, count: Int)? {
        var (value, count) = (start, 0)
        while let byte = rest.first, (0x30...0x39).contains(byte) {
            let (tenfold, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tenfold.addingReportingOverflow(Int128(byte - 0x30))
            if isTooLarge || overflow { return nil }
            (value, count) = (sum, count + 1)
            rest = rest.dropFirst()
        }
        return count > 0 ? (value, count) : nil
    }

    package var isNegative: Bool { digits < 0 }

    /// Returns the product; nil if it has too many digits.
    func times(_ other: FocusDecimal) -> FocusDecimal? {
        let (product, overflow) = digits.multipliedReportingOverflow(by: other.digits)
        return overflow ? nil : FocusDecimal(product, decimals: decimals + other.decimals)
    }

    /// Returns the sum; nil if it has too many digits.
    package func plus(_ other: FocusDecimal) -> FocusDecimal? {
        let places = max(decimals, other.decimals)
        guard let first = scaled(to: places), let second = other.scaled(to: places) else { return nil }
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow ? nil : FocusDecimal(sum, decimals: places)
    }

    /// Returns the number without its point if it had so many decimals, rounded half away from zero; nil if it has too many
    /// digits.
    package func rounded(to places: Int) -> Int128? {
        guard decimals > places else { return scaled(to: places) }
        var divisor: Int128 = 1
        for _ in places..<decimals {
            let (product, overflow) = divisor.multipliedReportingOverflow(by: 10)
            // The number is too small to have a digit left.
            if overflow { return 0 }
            divisor = product
        }
        let (quotient, rest) = digits.quotientAndRemainder(dividingBy: divisor)
        return rest.magnitude >= (divisor / 2).magnitude ? quotient + digits.signum() : quotient
    }

    private func scaled(to places: Int) -> Int128? {
        var scaled = digits
        for _ in decimals..<places {
            let (product, overflow) = scaled.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            scaled = product
        }
        return scaled
    }

    /// In plain decimals without zeros at the end: `0.06`.
    package var description: String {
        let text = String(digits.magnitude).leftPadded(to: decimals + 1)
        let sign = digits < 0 ? "-" : ""
        return sign + text.dropLast(decimals) + (decimals > 0 ? "." + text.suffix(decimals) : "")
    }
}
