/// How an alarm compares a value with its threshold: CloudWatch's ComparisonOperator.
package enum AlarmComparison: String, Sendable, CaseIterable {
    case greaterOrEqual = "GreaterThanOrEqualToThreshold"
    case greater = "GreaterThanThreshold"
    case less = "LessThanThreshold"
    case lessOrEqual = "LessThanOrEqualToThreshold"
    // Comparisons with a band, which has a lower and an upper threshold for every datapoint.
    case outside = "LessThanLowerOrGreaterThanUpperThreshold"
    case belowLower = "LessThanLowerThreshold"
    case aboveUpper = "GreaterThanUpperThreshold"

    /// Whether the comparison is with a band and not with one threshold.
    package var isWithBand: Bool {
        switch self {
        case .outside, .belowLower, .aboveUpper: true
        case .greaterOrEqual, .greater, .less, .lessOrEqual: false
        }
    }

    /// Whether a value breaches the thresholds. Unless they belong to a band, both are the same number.
    package func isBreaching(_ value: Double, _ thresholds: ClosedRange<Double>) -> Bool {
        switch self {
        case .greaterOrEqual: value >= thresholds.upperBound
        case .greater, .aboveUpper: value > thresholds.upperBound
        case .less, .belowLower: value < thresholds.lowerBound
        case .lessOrEqual: value <= thresholds.lowerBound
        case .outside: !thresholds.contains(value)
        }
    }

    /// Returns the sign (`>`, `>=`, `<` or `<=`) between a value and the threshold that ``threshold(_:_:)`` returns.
    package func sign(_ value: Double, _ thresholds: ClosedRange<Double>) -> String {
        let isBreaching = isBreaching(value, thresholds)
        return switch self {
        case .greaterOrEqual: isBreaching ? ">=" : "<"
        case .greater, .aboveUpper: isBreaching ? ">" : "<="
        case .less, .belowLower: isBreaching ? "<" : ">="
        case .lessOrEqual: isBreaching ? "<=" : ">"
        case .outside: value < thresholds.lowerBound ? "<" : isBreaching ? ">" : "<="
        }
    }

    /// Returns the threshold that ``sign(_:_:)`` refers to; for `outside`, the lower one for values below it, otherwise
    /// the upper one.
    package func threshold(_ value: Double, _ thresholds: ClosedRange<Double>) -> Double {
        switch self {
        case .greaterOrEqual, .greater, .aboveUpper: thresholds.upperBound
        case .less, .lessOrEqual, .belowLower: thresholds.lowerBound
        case .outside: value < thresholds.lowerBound ? thresholds.lowerBound : thresholds.upperBound
        }
    }
}
