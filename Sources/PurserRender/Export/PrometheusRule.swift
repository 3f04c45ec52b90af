import PurserCore

/// An alarm as one of Prometheus' alerting rules.
struct PrometheusRule: Equatable {
    /// Why an alarm cannot be a rule.
    struct Untranslatable: Error, Equatable {
        var reason: String
        /// The reason without names, which many alarms may share.
        var cause: String

        init(_ cause: String, reason: String? = nil) {
            self.cause = cause
            self.reason = reason ?? cause
        }
    }

    var name: String
    var expression: String
    /// How long the expression must hold before the alert fires; zero if the first time is enough.
    var forSeconds = 0
    /// How often the rule is evaluated: every minute, as in CloudWatch, or every period if that is shorter.
    var intervalSeconds: Int
    var annotations: [(name: String, text: String)]
    /// The differences between the rule and the alarm.
    var notes: [String] = []

    static func == (a: PrometheusRule, b: PrometheusRule) -> Bool {
        a.lines == b.lines && a.intervalSeconds == b.intervalSeconds && a.notes == b.notes
    }

    init(_ alarm: AlarmDefinition, metrics: PrometheusRules.Metrics) throws(Untranslatable) {
        guard let condition = alarm.condition else {
            throw Untranslatable("Prometheus has no alert on the states of other alerts")
        }
        guard let threshold = condition.threshold, !condition.comparison.isWithBand else {
            throw Untranslatable("Prometheus has no anomaly detection band")
        }
        guard condition.window == .sliding else {
            throw Untranslatable("Prometheus has no windows that follow the wall clock")
        }
        var writer = PrometheusExpression(metrics: metrics, period: alarm.period)
        let value = try writer.value(of: alarm.rule)
        name = alarm.name
        intervalSeconds = min(60, alarm.period)
        annotations = []
        if let text = alarm.alarmDescription { annotations.append(("description", text)) }
        if let runbook = alarm.runbook { annotations.append(("runbook", runbook)) }

        let (needed, periods) = (condition.neededToAlarm, condition.evaluationPeriods)
        var breaching = "\(value) \(Self.sign(condition.comparison)) \(threshold)"
        if condition.treatMissingData == .breaching { breaching = "(\(breaching)) or (vector(1) unless \(value))" }
        if periods == 1 {
            expression = breaching
        } else if needed == periods, alarm.period == intervalSeconds {
            expression = breaching
            forSeconds = (periods - 1) * alarm.period
        } else {
            // The range is a millisecond less than N periods, because one that begins on a step would hold N + 1 of
            // them.
            let range = "[\(periods * alarm.period * 1000 - 1)ms:\(alarm.period)s]"
            expression = "count_over_time((\(breaching))\(range)) >= \(needed)"
        }
        notes = writer.notes + notes(condition, alarm, countsZero: writer.countsZero)
        guard expression.utf8.count <= Self.longest else {
            throw Untranslatable("its expression would be longer than \(Self.longest) characters")
        }
    }

    private static let longest = 20_000

    private func notes(_ condition: AlarmCondition, _ alarm: AlarmDefinition, countsZero: Bool) -> [String] {
        var notes: [String] = []
        if condition.evaluationPeriods > 1, alarm.period > intervalSeconds {
            notes.append("periods begin on multiples of \(alarm.period) s; CloudWatch's slide by the minute")
        }
        if countsZero {
            notes.append("a period without samples counts as 0; in CloudWatch it is a missing datapoint")
        }
        switch condition.missingDataTreatment {
        case .missing: notes.append("missing data ends the alert; in CloudWatch it leads to INSUFFICIENT_DATA")
        case .ignore: notes.append("missing data ends the alert; in CloudWatch the state stays the same")
        case .breaching, .notBreaching: break
        }
        if condition.evaluateLowSampleCountPercentile == .ignore {
            notes.append("periods with few samples count; in CloudWatch, EvaluateLowSampleCountPercentile ignores them")
        }
        if !alarm.actionsEnabled { notes.append("ActionsEnabled is false, for which Prometheus has no equivalent") }
        return notes
    }

    private static func sign(_ comparison: AlarmComparison) -> String {
        switch comparison {
        case .greaterOrEqual: ">="
        case .greater, .aboveUpper, .outside: ">"
        case .less, .belowLower: "<"
        case .lessOrEqual: "<="
        }
    }

    /// The rule in YAML, with its notes before it; not indented.
    var lines: [String] {
        var lines = notes.map { "# " + PrometheusRules.comment($0) }
        lines += ["- alert: " + Self.quoted(name), "  expr: " + Self.quoted(expression)]
        if forSeconds > 0 { lines.append("  for: \(forSeconds)s") }
        if !annotations.isEmpty {
            lines.append("  annotations:")
            lines += annotations.map { "    \($0.name): " + Self.quoted(Self.untemplated($0.text)) }
        }
        return lines
    }

    /// Returns the text as a JSON string, which is also a YAML string.
    private static func quoted(_ text: String) -> String {
        JSONValue.string(text).text()
    }

    /// Returns the text with `{{` escaped: annotations are templates, in which it would begin an action.
    private static func untemplated(_ text: String) -> String {
        text.replacing("{{", with: "{{\"{{\"}}")
    }
}
