/// How an alarm compares a value with its threshold: CloudWatch's ComparisonOperator.
public enum AlarmComparison: String, Sendable, CaseIterable {
    case greaterOrEqual = "GreaterThanOrEqualToThreshold"
    case greater = "GreaterThanThreshold"
    case less = "LessThanThreshold"
    case lessOrEqual = "LessThanOrEqualToThreshold"
    // Those of a band, which has a lower and an upper threshold for every datapoint.
    case outside = "LessThanLowerOrGreaterThanUpperThreshold"
    case belowLower = "LessThanLowerThreshold"
    case aboveUpper = "GreaterThanUpperThreshold"

    /// Whether the comparison is with a band and not with one threshold.
    public var isWithBand: Bool {
        switch self {
        case .outside, .belowLower, .aboveUpper: true
        case .greaterOrEqual, .greater, .less, .lessOrEqual: false
        }
    }

    /// Whether a value is on the alarm's side of thresholds, which are one number twice unless they are a band's.
    public func isBreaching(_ value: Double, _ thresholds: ClosedRange<Double>) -> Bool {
        switch self {
        case .greaterOrEqual: value >= thresholds.upperBound
        case .greater, .aboveUpper: value > thresholds.upperBound
        case .less, .belowLower: value < thresholds.lowerBound
        case .lessOrEqual: value <= thresholds.lowerBound
        case .outside: !thresholds.contains(value)
        }
    }

    /// `>`, `>=`, `<` or `<=` between a value and the threshold; of a band's two thresholds the nearer one is meant.
    public func sign(_ value: Double, _ thresholds: ClosedRange<Double>) -> String {
        let isBreaching = isBreaching(value, thresholds)
        return switch self {
        case .greaterOrEqual: isBreaching ? ">=" : "<"
        case .greater, .aboveUpper: isBreaching ? ">" : "<="
        case .less, .belowLower: isBreaching ? "<" : ">="
        case .lessOrEqual: isBreaching ? "<=" : ">"
        case .outside: value < thresholds.lowerBound ? "<" : isBreaching ? ">" : "<="
        }
    }

    /// The threshold that ``sign(_:_:)`` speaks of.
    public func threshold(_ value: Double, _ thresholds: ClosedRange<Double>) -> Double {
        switch self {
        case .greaterOrEqual, .greater, .aboveUpper: thresholds.upperBound
        case .less, .lessOrEqual, .belowLower: thresholds.lowerBound
        case .outside: value < thresholds.lowerBound ? thresholds.lowerBound : thresholds.upperBound
        }
    }
}
