/// An exact decimal number of a FOCUS dataset.
package struct FocusDecimal: Sendable, Equatable, CustomStringConvertible {
    /// The number without its point, and how many of its digits stand behind it; the last of those is not 0.
    private(set) var digits: Int128
    private(set) var decimals: Int

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
    init?(_ text: String) {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let parts = rest.split(separator: UInt8(ascii: "E"), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return nil }
        let sides = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(sides.count), sides.allSatisfy(Self.isDigits), rest.count <= 40,
            let magnitude = Int128(sides.map { String(decoding: $0, as: UTF8.self) }.joined())
        else { return nil }
        var (digits, decimals) = (isNegative ? -magnitude : magnitude, sides.count == 2 ? sides[1].count : 0)
        if parts.count == 2 {
            var exponent = parts[1]
            let isBelowOne = exponent.first == UInt8(ascii: "-")
            if isBelowOne { exponent = exponent.dropFirst() }
            guard Self.isDigits(exponent), let value = Int(String(decoding: exponent, as: UTF8.self)),
                value <= Self.mostDecimals
            else {
                return nil
            }
            decimals += isBelowOne ? value : -value
        }
        while decimals < 0 {
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            (digits, decimals) = (product, decimals + 1)
        }
        self.init(digits, decimals: decimals)
    }

    private static func isDigits(_ text: Substring.UTF8View) -> Bool {
        !text.isEmpty && text.allSatisfy { (0x30...0x39).contains($0) }
    }

    var isNegative: Bool { digits < 0 }

    /// Returns the product; nil if it has too many digits.
    func times(_ other: FocusDecimal) -> FocusDecimal? {
        let (product, overflow) = digits.multipliedReportingOverflow(by: other.digits)
        return overflow ? nil : FocusDecimal(product, decimals: decimals + other.decimals)
    }

    /// Returns the sum; nil if it has too many digits.
    func plus(_ other: FocusDecimal) -> FocusDecimal? {
        let places = max(decimals, other.decimals)
        guard let first = scaled(to: places), let second = other.scaled(to: places) else { return nil }
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow ? nil : FocusDecimal(sum, decimals: places)
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
