/// Doubles as Java writes them, because CloudWatch's reasons and messages contain numbers in Java's format.
package enum JavaNumber {
    /// Returns a double as Java writes it: `50.0`, `0.001`, `1.0E9`, `1.0E-4`.
    ///
    /// Magnitudes from 0.001 up to ten million are plain decimals, and others use scientific notation. There is always
    /// a decimal point, with the fewest digits that read back as the same double.
    ///
    /// Source: the Java language's Double.toString.
    package static func text(_ value: Double) -> String {
        // In this range, Swift's shortest digits are written as in Java.
        if (0.001..<10_000_000).contains(value.magnitude) { return value.description }
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
        let sign = value.sign == .minus ? "-" : ""
        guard value != 0 else { return sign + "0.0" }
        let (digits, exponent) = decimal(value.magnitude)
        if (-3..<7).contains(exponent) { return sign + plain(digits, exponent: exponent) }
        let fraction = digits.dropFirst()
        return sign + digits.prefix(1) + "." + (fraction.isEmpty ? "0" : String(fraction)) + "E" + String(exponent)
    }

    /// Returns the shortest digits d1d2d3… and the exponent e of a positive value d1.d2d3…·10^e.
    private static func decimal(_ value: Double) -> (digits: String, exponent: Int) {
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(mantissa[0])
        let all = whole + (mantissa.count > 1 ? String(mantissa[1]) : "")
        let leadingZeros = all.prefix { $0 == "0" }.count
        var digits = String(all.dropFirst(leadingZeros))
        while digits.count > 1, digits.last == "0" {
            digits.removeLast()
        }
        let written = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return (digits, written + whole.count - 1 - leadingZeros)
    }

    private static func plain(_ digits: String, exponent: Int) -> String {
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let whole = digits.prefix(exponent + 1)
        let fraction = digits.dropFirst(exponent + 1)
        let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
        return whole + zeros + "." + (fraction.isEmpty ? "0" : String(fraction))
    }
}
