/// The result of one evaluation of an alarm: the data it used and the state it decided on.
package struct AlarmEvaluation: Sendable, Equatable {
    package var state: AlarmState
    /// The time range that was evaluated; empty for a composite alarm.
    package var range: Range<Timestamp>
    /// The datapoints that were used, oldest first: the newest N that are not missing.
    package var datapoints: [AlarmPoint]
    /// How many of the used datapoints breach.
    package var breachingCount: Int
    /// How many of the N datapoints were missing.
    package var missingCount: Int
    /// The alarms that a composite alarm's state comes from: those of its rule that changed last.
    package var children: [TriggeringChild]
    /// The source of the reason texts; nil if the state was kept for lack of data.
    private var words: Words?

    private enum Words: Sendable, Equatable {
        case metric(AlarmWindow, AlarmDefinition, Timestamp)
        case composite(reason: String, data: String)
    }

    /// Creates the evaluation of a metric alarm; if `decided` is nil, the state is kept.
    init(
        _ decided: AlarmState?,
        else previous: AlarmState,
        _ window: AlarmWindow,
        _ definition: AlarmDefinition,
        range: Range<Timestamp>,
        at time: Timestamp
    ) {
        state = decided ?? previous
        self.range = range
        datapoints = window.used
        breachingCount = window.breaching.count
        missingCount = window.missing
        children = []
        words = decided == nil ? nil : .metric(window, definition, time)
    }

    /// Creates the evaluation of a composite alarm.
    init(_ state: AlarmState, reason: String, reasonData: String, children: [TriggeringChild], at time: Timestamp) {
        self.state = state
        range = time..<time
        datapoints = []
        breachingCount = 0
        missingCount = 0
        self.children = children
        words = .composite(reason: reason, data: reasonData)
    }

    /// CloudWatch's StateReason; nil if the state and its old reason were kept for lack of data.
    ///
    /// The text is created on demand, because most evaluations never need it.
    package var reason: String? {
        switch words {
        case .metric(let window, let definition, _):
            definition.condition.map { StateReason.text(state, window, $0) }
        case .composite(let reason, _): reason
        case nil: nil
        }
    }

    /// CloudWatch's StateReasonData as JSON text; nil if ``reason`` is nil.
    package var reasonData: String? {
        switch words {
        case .metric(let window, let definition, let time):
            definition.condition.map { StateReasonData.json(state, window, definition, $0, at: time).text() }
        case .composite(_, let data): data
        case nil: nil
        }
    }

    /// The number of samples behind the newest used datapoint; nil if all are missing, and for metric math.
    package var newestSampleCount: Int? {
        datapoints.last?.sampleCount
    }
}

extension AlarmEvaluation {
    /// Returns a summary in the alarm's own units: `10.98s > 10.00s, 3 of 3 x 1m`.
    ///
    /// It has the newest value and the threshold, with the sign that holds between them, then the number of breaching
    /// datapoints, the number of periods and their length. If all datapoints are missing, it begins with `no data`. For
    /// a composite alarm it names the alarms that the state comes from.
    package func summary(of definition: AlarmDefinition) -> String {
        guard let condition = definition.condition else {
            return children.map { "\($0.name) \($0.state.rawValue)" }.joined(separator: ", ")
        }
        let unit = definition.unit
        let count = "\(breachingCount) of \(condition.evaluationPeriods) x \(Self.text(period: definition.period))"
        guard let point = datapoints.last, let value = point.value, let thresholds = condition.thresholds(of: point)
        else { return "no data, " + count }
        let sign = condition.comparison.sign(value, thresholds)
        let threshold = Self.text(condition.comparison.threshold(value, thresholds), unit)
        return [Self.text(value, unit), sign, threshold].joined(separator: " ") + ", " + count
    }

    static func text(period: Int) -> String {
        for (seconds, letter) in [(86_400, "d"), (3600, "h"), (60, "m")] where period % seconds == 0 {
            return String(period / seconds) + letter
        }
        return String(period) + "s"
    }

    /// Returns a value with at most two decimals: seconds always with both decimals, percentages with the percent sign,
    /// and others without trailing zeros.
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

    /// Returns a value with two decimals, or in Java's notation if it is too large for them or would round to 0.00.
    private static func fixed(_ value: Double) -> String {
        let cents = (value.magnitude * 100).rounded()
        guard cents < 1e15, cents > 0 || value == 0 else { return JavaNumber.text(value) }
        let digits = String(Int(cents)).leftPadded(to: 3)
        return (value < 0 ? "-" : "") + digits.dropLast(2) + "." + digits.suffix(2)
    }
}
