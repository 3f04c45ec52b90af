import PurserCore

/// How numbers are written for people: three significant digits, SI prefixes, money with cents.
package enum NumberText {
    /// Returns `387`, `18.4k`, `1.14M`, `0.233`; a whole number below a thousand has no decimals.
    package static func count(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        if value < 0 { return "-" + count(-value) }
        if value < 1000, value == value.rounded() { return fixed(value, decimals: 0) }
        if value < 0.001 { return "<0.001" }
        if value < 0.9995 { return trimmedFraction(value) }
        var scaled = value
        for unit in ["", "k", "M", "G", "T", "P"] {
            if scaled < 999.5 { return significant(scaled) + unit }
            scaled /= 1000
        }
        return fixed(scaled, decimals: 0) + "E"
    }

    /// Returns a whole number with commas between its thousands: `8,120`.
    package static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var out = value < 0 ? "-" : ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { out += "," }
            out.append(digit)
        }
        return out
    }

    /// Returns events per minute in a rate's unit: `387/m`, `6/h`.
    static func rate(_ perMinute: Double, _ unit: RateUnit) -> String {
        count(perMinute * unit.minutes) + "/" + unit.rawValue
    }

    /// Returns an amount as a percentage of another: `78.2 %`. It is `100 %` only if both are equal.
    static func share(of amount: Picodollars, in whole: Picodollars) -> String {
        let value = amount.dollars / whole.dollars * 100
        let text = percent(value)
        guard amount != whole, text == percent(100) else { return text }
        let texts = ComparedText.pair(value, 100, decimals: 1...3) { fixed($0, decimals: $1) }
        return texts.0 == texts.1 ? (amount > whole ? ">" : "<") + text : texts.0 + " %"
    }

    /// Returns a value that is already a percentage: `3.40 %`, `78.2 %`, `0 %`; `<0.01 %` for a smaller one.
    package static func percent(_ value: Double) -> String {
        guard value.isFinite else { return "? %" }
        if value == 0 { return "0 %" }
        if value < 0 { return "-" + percent(-value) }
        if value < 0.005 { return "<0.01 %" }
        return significant(value) + " %"
    }

    /// Returns the change from the usual value: `-3 %`, `x18` for twice that or more, `new` if that is zero; blank if
    /// unknown.
    package static func change(from usual: Double?, to now: Double?) -> String {
        guard let usual, let now, usual.isFinite, now.isFinite else { return "" }
        guard usual > 0 else { return now > 0 ? "new" : "0 %" }
        let ratio = now / usual
        guard ratio < 1.995 else {
            return ratio < 9.95 ? "x" + fixed(ratio, decimals: 1) : "x" + count(ratio.rounded())
        }
        let percent = ((ratio - 1) * 100).rounded()
        return (percent > 0 ? "+" : "") + fixed(percent, decimals: 0) + " %"
    }

    /// Returns the quotient of an amount in dollars, with at least four decimals and two significant digits: `0.0024`.
    static func unitPrice(_ amount: Picodollars, per count: Double) -> String {
        let value = amount.dollars / count
        guard value.isFinite else { return "?" }
        var decimals = 4
        var scaled = value * 10_000
        while scaled != 0, abs(scaled) < 9.5, decimals < 12 {
            scaled *= 10
            decimals += 1
        }
        return fixed(value, decimals: decimals)
    }

    /// Returns the value rounded half away from zero, with exactly this many decimals.
    static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { factor, _ in factor * 10 }
        guard let scaled = Int(exactly: (value * scale).rounded()) else { return value.description }
        let digits = String(scaled.magnitude).leftPadded(to: decimals + 1)
        let sign = scaled < 0 ? "-" : ""
        return sign + digits.dropLast(decimals) + (decimals > 0 ? "." + digits.suffix(decimals) : "")
    }

    /// Returns three significant digits of a value from 0.1 to below 999.5, with at most two decimals.
    static func significant(_ value: Double) -> String {
        if value < 9.995 { return fixed(value, decimals: 2) }
        return fixed(value, decimals: value < 99.95 ? 1 : 0)
    }

    /// Returns three significant digits of a value from 0 to below 1, with so many decimals at most: `0.000122`.
    static func trimmedFraction(_ value: Double, mostDecimals: Int = 5) -> String {
        var decimals = 3
        var scaled = value * 1000
        while scaled < 99.95, decimals < mostDecimals {
            scaled *= 10
            decimals += 1
        }
        var text = fixed(value, decimals: decimals)
        while text.hasSuffix("0") {
            text.removeLast()
        }
        return text
    }
}
