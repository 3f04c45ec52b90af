import PurserCore

extension DashboardFrame.Measure {
    /// Whether values are lengths of time.
    var isTime: Bool {
        switch self {
        case .unit(.seconds), .unit(.milliseconds), .unit(.microseconds): true
        default: false
        }
    }

    /// Returns a value for people: three significant digits with its unit, or all its digits.
    func text(_ value: Double, isFullPrecision: Bool = false) -> String {
        guard value.isFinite else { return "?" }
        if isFullPrecision { return JSONValue.number(value).text() + suffix }
        switch self {
        case .unit(.seconds): return NumberText.duration(seconds: value)
        case .unit(.milliseconds): return NumberText.duration(seconds: value / 1000)
        case .unit(.microseconds): return NumberText.duration(seconds: value / 1_000_000)
        case .unit(.percent): return NumberText.percent(value)
        case .dollars:
            let amount = value.magnitude
            // A call may cost a few thousandths of a cent.
            if amount >= 1e-10, amount < 0.01 {
                return (value < 0 ? "-$" : "$") + NumberText.trimmedFraction(amount, mostDecimals: 12)
            }
            let text = amount == 0 || amount >= 0.01 && amount < 1e6 ? NumberText.fixed(amount, decimals: 2) : nil
            return (value < 0 ? "-$" : "$") + (text ?? NumberText.count(amount))
        default: return NumberText.count(value) + suffix
        }
    }

    private var suffix: String {
        guard case .unit(let unit) = self else { return "" }
        switch unit {
        case .bytes: return "B"
        case .bits: return "b"
        case .count, .none: return ""
        case .countPerSecond: return "/s"
        case .percent: return " %"
        case .seconds: return "s"
        default: return " " + unit.rawValue
        }
    }
}
