/// How an alarm compares a value with its threshold: CloudWatch's ComparisonOperator.
public enum AlarmComparison: String, Sendable, CaseIterable {
    case greaterOrEqual = "GreaterThanOrEqualToThreshold"
    case greater = "GreaterThanThreshold"
    case less = "LessThanThreshold"
    case lessOrEqual = "LessThanOrEqualToThreshold"

    /// Whether the value is on the alarm's side of the threshold.
    public func isBreaching(_ value: Double, threshold: Double) -> Bool {
        switch self {
        case .greaterOrEqual: value >= threshold
        case .greater: value > threshold
        case .less: value < threshold
        case .lessOrEqual: value <= threshold
        }
    }

    /// `>`, `>=`, `<` or `<=`.
    public var sign: String {
        switch self {
        case .greaterOrEqual: ">="
        case .greater: ">"
        case .less: "<"
        case .lessOrEqual: "<="
        }
    }

    /// The sign that holds for a value that does not breach.
    public var oppositeSign: String {
        switch self {
        case .greaterOrEqual: "<"
        case .greater: "<="
        case .less: ">="
        case .lessOrEqual: ">"
        }
    }

    /// The comparison in CloudWatch's reasons: `greater than or equal to`.
    var words: String {
        switch self {
        case .greaterOrEqual: "greater than or equal to"
        case .greater: "greater than"
        case .less: "less than"
        case .lessOrEqual: "less than or equal to"
        }
    }
}

/// What stands in for a datapoint that is not there: CloudWatch's TreatMissingData.
public enum MissingDataTreatment: String, Sendable, CaseIterable {
    case breaching
    case notBreaching
    case ignore
    case missing
}

/// Whether a percentile of few samples may change the state: CloudWatch's EvaluateLowSampleCountPercentile.
public enum LowSampleCountTreatment: String, Sendable, CaseIterable {
    case evaluate
    case ignore
}

/// When a metric alarm goes off: M breaching datapoints out of the last N.
public struct AlarmCondition: Sendable, Equatable {
    public var threshold: Double
    public var comparison: AlarmComparison
    /// N.
    public var evaluationPeriods: Int
    /// M as the file gives it; an absent one means N, but words and messages tell it apart.
    public var datapointsToAlarm: Int?
    /// As the file gives it; an absent one means `missing`.
    public var treatMissingData: MissingDataTreatment?
    /// As the file gives it; an absent one means `evaluate`.
    public var evaluateLowSampleCountPercentile: LowSampleCountTreatment?

    public init(
        threshold: Double,
        comparison: AlarmComparison,
        evaluationPeriods: Int,
        datapointsToAlarm: Int? = nil,
        treatMissingData: MissingDataTreatment? = nil,
        evaluateLowSampleCountPercentile: LowSampleCountTreatment? = nil
    ) {
        self.threshold = threshold
        self.comparison = comparison
        self.evaluationPeriods = evaluationPeriods
        self.datapointsToAlarm = datapointsToAlarm
        self.treatMissingData = treatMissingData
        self.evaluateLowSampleCountPercentile = evaluateLowSampleCountPercentile
    }

    /// M: how many breaching datapoints make an alarm.
    public var neededToAlarm: Int {
        datapointsToAlarm ?? evaluationPeriods
    }

    /// N - M + 1: how many datapoints that do not breach rule an alarm out.
    public var neededForOK: Int {
        max(1, evaluationPeriods - neededToAlarm + 1)
    }

    public func isBreaching(_ value: Double) -> Bool {
        comparison.isBreaching(value, threshold: threshold)
    }
}
