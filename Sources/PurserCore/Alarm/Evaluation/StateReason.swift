/// CloudWatch's StateReason: why an alarm is in its state, in CloudWatch's own words.
package enum StateReason {
    /// The reason of an alarm that has never been evaluated.
    package static let initial = "Unchecked: Initial alarm creation"

    /// Returns the reason for a state that was decided from these datapoints.
    static func text(_ state: AlarmState, _ window: AlarmWindow, _ condition: AlarmCondition) -> String {
        let periods = condition.evaluationPeriods
        if state == .insufficientData {
            return "Insufficient Data: " + counted(periods, "datapoint", isPlural: "were", "was") + " unknown."
        }
        let missing = missingWords(window, condition)
        let isAlarm = state == .alarm
        let deciding = Array((isAlarm ? window.breaching : window.good).reversed())
        let crossed = condition.comparison.isWithBand ? "Thresholds Crossed: " : "Threshold Crossed: "
        guard !deciding.isEmpty else {
            let received = received(window.used.count) + " received for " + periods.counted("period")
            return crossed + [received, missing].compactMap(\.self).joined(separator: " and ") + "."
        }
        let named = Array(deciding.prefix(AlarmFittedRules.mostNamedDatapoints))
        let isFew = deciding.count < AlarmFittedRules.mostNamedDatapoints
        var text = crossed + count(of: deciding, condition)
        if isFew { text += " " + list(deciding) }
        text += (deciding.count == 1 ? " was " : " were ") + (isAlarm ? "" : "not ") + comparison(condition, named)
        if let missing { text += " and " + missing }
        if !isFew { text += ". The most recent datapoints which crossed the threshold: " + list(named) }
        if condition.datapointsToAlarm != nil {
            let minimum = isAlarm ? condition.neededToAlarm : condition.neededForOK
            text += " (minimum " + minimum.counted("datapoint") + " for "
            text += (isAlarm ? "OK -> ALARM" : "ALARM -> OK") + " transition)"
        }
        return text + "."
    }

    /// Returns `greater than the threshold (50.0)`; for a band, the text has the thresholds of the named datapoints.
    private static func comparison(_ condition: AlarmCondition, _ named: [AlarmPoint]) -> String {
        let lower = "less than the lower thresholds " + bounds(named) { $0.lowerBound }
        let upper = "greater than the upper thresholds " + bounds(named) { $0.upperBound }
        let one = " the threshold (\(JavaNumber.text(condition.threshold ?? .nan)))"
        return switch condition.comparison {
        case .greaterOrEqual: "greater than or equal to" + one
        case .greater: "greater than" + one
        case .less: "less than" + one
        case .lessOrEqual: "less than or equal to" + one
        case .outside: lower + " or " + upper
        case .belowLower: lower
        case .aboveUpper: upper
        }
    }

    private static func bounds(_ points: [AlarmPoint], _ bound: (ClosedRange<Double>) -> Double) -> String {
        "[" + points.map { JavaNumber.text($0.band.map(bound) ?? .nan) }.joined(separator: ", ") + "]"
    }

    private static func received(_ count: Int) -> String {
        count == 0 ? "no datapoints were" : counted(count, "datapoint", isPlural: "were", "was")
    }

    /// Returns `2 out of the last 3 datapoints`, or `2 datapoints` without DatapointsToAlarm.
    private static func count(of deciding: [AlarmPoint], _ condition: AlarmCondition) -> String {
        guard condition.datapointsToAlarm != nil else { return deciding.count.counted("datapoint") }
        return "\(deciding.count) out of the last \(condition.evaluationPeriods) datapoints"
    }

    /// Returns `2 missing datapoints were treated as [Breaching]`; nil if no missing datapoint was treated as a value.
    private static func missingWords(_ window: AlarmWindow, _ condition: AlarmCondition) -> String? {
        let treatment: String
        switch condition.missingDataTreatment {
        case .breaching: treatment = "Breaching"
        case .notBreaching: treatment = "NonBreaching"
        case .ignore, .missing: return nil
        }
        guard window.missing > 0 else { return nil }
        return counted(window.missing, "missing datapoint", isPlural: "were", "was") + " treated as [\(treatment)]"
    }

    /// Returns `[100.0 (14/09/26 05:51:30), 100.0 (14/09/26 05:51:10)]`.
    private static func list(_ points: [AlarmPoint]) -> String {
        let texts = points.map { JavaNumber.text($0.value ?? .nan) + " (" + $0.timestamp.reasonText + ")" }
        return "[" + texts.joined(separator: ", ") + "]"
    }

    private static func counted(_ count: Int, _ noun: String, isPlural plural: String, _ singular: String) -> String {
        count.counted(noun) + " " + (count == 1 ? singular : plural)
    }
}
