typealias AlarmLintMessage = (AlarmLintRule, String)

/// Thresholds that one event crosses, that no value crosses, or that every value crosses.
extension AlarmLintSubject {
    func thresholds() -> [AlarmLintMessage] {
        guard let condition = alarm.condition, let threshold = condition.threshold else { return [] }
        var messages: [AlarmLintMessage] = []
        let values = possibleValues
        let thresholds = threshold...threshold
        if let values {
            // Comparisons are monotonic, so checking both ends of the possible range is enough.
            let breaching = [values.lowerBound, values.upperBound].map {
                condition.comparison.isBreaching($0, thresholds)
            }
            let what =
                "the watched value lies between \(Self.text(values.lowerBound)) and \(Self.text(values.upperBound))"
            let sentence = "\(what), and the threshold is \(condition.comparison.rawValue) \(Self.text(threshold))"
            if breaching == [false, false], condition.treatMissingData != .breaching {
                messages.append((.neverFires, sentence + "; set a threshold within that range"))
            }
            if breaching == [true, true], condition.treatMissingData != .notBreaching {
                messages.append(
                    (.neverOK, sentence + ", so every datapoint breaches; set a threshold that some do not cross")
                )
            }
        }
        if condition.neededToAlarm == 1, let message = oneEvent(condition, threshold) {
            messages.append((.firesOnOneEvent, message))
        }
        return messages
    }

    /// The values that the watched number can have; nil if they are not known. Infinity means no limit.
    private var possibleValues: ClosedRange<Double>? {
        switch alarm.rule {
        case .metric(let metric): Self.possibleValues(metric)
        case .composite: nil
        case .math(let math):
            switch math.watched?.source {
            case .metric(let metric): Self.possibleValues(metric)
            case .expression(let expression, _): expression.root.isTruth ? 0...1 : nil
            case nil: nil
            }
        }
    }

    private static func possibleValues(_ metric: AlarmMetric) -> ClosedRange<Double>? {
        switch metric.statistic {
        case .percentileRank: return 0...100
        // A period without samples has no datapoint.
        case .sampleCount: return 1...Double.infinity
        case .trimmedCount: return 0...Double.infinity
        case .sum, .trimmedSum: return isNonNegative(metric.unit) ? 0...Double.infinity : nil
        case .average, .minimum, .maximum, .percentile, .trimmedMean, .winsorizedMean, .interquartileMean:
            if metric.unit == .percent { return nil }
            return isNonNegative(metric.unit) ? 0...Double.infinity : nil
        }
    }

    /// Whether a unit is for counts or measurements, which are never negative; None and Percent may be below zero.
    private static func isNonNegative(_ unit: MetricUnit?) -> Bool {
        unit != nil && unit != MetricUnit.none && unit != .percent
    }

    /// Returns a message if one event is enough to make a datapoint breach, for an alarm that one datapoint sets off.
    private func oneEvent(_ condition: AlarmCondition, _ threshold: Double) -> String? {
        let thresholds = threshold...threshold
        switch alarm.rule {
        case .metric(let metric):
            let isCount = metric.unit == .count || metric.statistic == .sampleCount
            guard [.sum, .sampleCount, .maximum].contains(metric.statistic), isCount,
                condition.comparison.isBreaching(1, thresholds), !condition.comparison.isBreaching(0, thresholds)
            else { return nil }
            return
                "one event within \(AlarmEvaluation.text(period: alarm.period)) is enough; if that is not intended, raise Threshold or "
                + "require more datapoints with DatapointsToAlarm"
        case .math(let math):
            guard [.greater, .greaterOrEqual].contains(condition.comparison), threshold > 0,
                case .expression(let expression, _)? = math.watched?.source, let full = expression.root.fullRatio,
                threshold < full
            else { return nil }
            let most = full / threshold
            let requests = condition.comparison == .greater ? (most.rounded(.up) - 1) : most.rounded(.down)
            return
                "one event among \(Self.text(requests)) or fewer is enough; require more datapoints with DatapointsToAlarm, a longer "
                + "Period, or the lower bound of a confidence interval"
        case .composite: return nil
        }
    }

    static func text(_ value: Double) -> String {
        value.isInfinite ? "infinity" : AlarmEvaluation.text(value, nil)
    }
}

extension MetricMathNode {
    /// Whether the result is always 1 or 0, if it is not missing.
    fileprivate var isTruth: Bool {
        guard case .binary(let operation, _, _, _) = kind else { return false }
        return [.or, .and, .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .notEqual].contains(operation)
    }

    /// The value of a plain ratio of two metrics, such as `100*e/i` or `e/i`, when both are equal; otherwise nil.
    fileprivate var fullRatio: Double? {
        guard case .binary(let operation, let a, let b, _) = kind else { return nil }
        switch (operation, a.kind, b.kind) {
        case (.divide, .metric, .metric): return 1
        case (.divide, .binary(.multiply, let x, let y, _), .metric):
            switch (x.kind, y.kind) {
            case (.number(let factor), .metric), (.metric, .number(let factor)): return factor
            default: return nil
            }
        case (.multiply, .number(let factor), _): return b.fullRatio.map { $0 * factor }
        case (.multiply, _, .number(let factor)): return a.fullRatio.map { $0 * factor }
        default: return nil
        }
    }
}
