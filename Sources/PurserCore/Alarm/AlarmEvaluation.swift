/// What one evaluation of an alarm saw and decided.
public struct AlarmEvaluation: Sendable, Equatable {
    public var state: AlarmState
    /// CloudWatch's StateReason; nil where the state was kept for want of data, and with it its old reason.
    public var reason: String?
    /// CloudWatch's StateReasonData as JSON text; nil with ``reason``.
    public var reasonData: String?
    /// The time that was looked at.
    public var range: Range<Timestamp>
    /// The datapoints that were used, oldest first: the newest N that are not missing.
    public var datapoints: [AlarmPoint]
    /// How many of these breach.
    public var breachingCount: Int
    /// How many of N were missing.
    public var missingCount: Int

    init(
        state: AlarmState,
        reason: String? = nil,
        reasonData: String? = nil,
        range: Range<Timestamp>,
        window: AlarmWindow
    ) {
        self.state = state
        self.reason = reason
        self.reasonData = reasonData
        self.range = range
        datapoints = window.used
        breachingCount = window.breaching.count
        missingCount = window.missing
    }

    /// The newest used datapoint's value; nil where all are missing.
    public var newestValue: Double? {
        datapoints.last?.value
    }

    /// The samples behind ``newestValue``; nil where all are missing, and for metric math.
    public var newestSampleCount: Int? {
        datapoints.last?.sampleCount
    }
}

extension AlarmEvaluation {
    /// What was seen, in the alarm's own units: `10.98s > 10.00s, 3 of 3 x 1m`.
    ///
    /// The newest value beside the threshold, with the sign that holds between them; then how many datapoints breach,
    /// of how many of which length. `no data` where all are missing.
    public func summary(of definition: AlarmDefinition) -> String {
        let condition = definition.condition
        let unit = definition.unit
        let count = "\(breachingCount) of \(condition.evaluationPeriods) x \(Self.text(period: definition.period))"
        guard let value = newestValue else { return "no data, " + count }
        let comparison = condition.comparison
        let sign = condition.isBreaching(value) ? comparison.sign : comparison.oppositeSign
        let threshold = Self.text(condition.threshold, unit)
        return [Self.text(value, unit), sign, threshold].joined(separator: " ") + ", " + count
    }

    static func text(period: Int) -> String {
        for (seconds, letter) in [(86_400, "d"), (3600, "h"), (60, "m")] where period % seconds == 0 {
            return String(period / seconds) + letter
        }
        return String(period) + "s"
    }

    /// A value with at most two decimals: seconds always with both, percent with its sign, the rest without idle zeros.
    static func text(_ value: Double, _ unit: MetricUnit?) -> String {
        switch unit {
        case .seconds: fixed(value) + "s"
        case .percent: trimmed(value) + " %"
        default: trimmed(value)
        }
    }

    private static func trimmed(_ value: Double) -> String {
        let text = fixed(value)
        guard text.hasSuffix("0"), text.contains(".") else { return text }
        return text.hasSuffix(".00") ? String(text.dropLast(3)) : String(text.dropLast())
    }

    /// Two decimals; Java's notation for what is too large for them, or too small to be more than 0.00.
    private static func fixed(_ value: Double) -> String {
        let cents = (value.magnitude * 100).rounded()
        guard cents < 1e15, cents > 0 || value == 0 else { return JavaNumber.text(value) }
        let digits = String(Int(cents)).leftPadded(to: 3)
        return (value < 0 ? "-" : "") + digits.dropLast(2) + "." + digits.suffix(2)
    }
}
