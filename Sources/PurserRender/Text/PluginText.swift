package import PurserCore

/// A line of a monitoring plugin, as Nagios, Icinga and their relatives read it: a status, text, and performance data.
package enum PluginText {
    /// The statuses, with their exit codes.
    package enum Status: Int32, Sendable {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3

        var word: String {
            switch self {
            case .ok: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    /// Returns the line of a check that failed, for reasons on one or more lines.
    package static func failed(_ reason: String) -> String {
        line(.unknown, reason.split(separator: "\n").map(String.init), [])
    }

    static func line(_ status: Status, _ texts: [String], _ values: [String]) -> String {
        let text = status.word + " - " + clean(texts.joined(separator: ", "))
        return values.isEmpty ? text : text + " | " + values.joined(separator: " ")
    }

    /// Returns `label=value[UOM];warn;crit`, without the thresholds that are not set.
    package static func value(_ label: String, _ value: String, warning: String = "", critical: String = "") -> String {
        let thresholds = critical.isEmpty ? (warning.isEmpty ? "" : ";" + warning) : ";\(warning);\(critical)"
        return quoted(label) + "=" + value + thresholds
    }

    /// Returns a number without an exponent, with six significant digits; nil if it is too large for that.
    package static func number(_ value: Double) -> String? {
        guard value.magnitude < 1e15 else { return nil }
        var decimals = 6
        var size = value.magnitude
        while size >= 1, decimals > 0 {
            size /= 10
            decimals -= 1
        }
        let scaled = ((0..<decimals).reduce(value.magnitude) { scaled, _ in scaled * 10 }).rounded()
        let digits = String(Int(scaled)).leftPadded(to: decimals + 1)
        let text = trimmed(String(digits.dropLast(decimals)) + "." + digits.suffix(decimals))
        return value < 0 && text != "0" ? "-" + text : text
    }

    /// Returns a decimal number without the zeros at its end.
    static func trimmed(_ decimal: String) -> String {
        guard decimal.contains(".") else { return decimal }
        var text = decimal
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// Returns a threshold as the range of values that are no alert for it.
    static func range(_ comparison: AlarmComparison, _ threshold: String, isNegative: Bool) -> String {
        switch comparison {
        case .greater: isNegative ? "~:" + threshold : threshold
        case .less: threshold + ":"
        // These alert inside the range, whose ends belong to it.
        case .greaterOrEqual: "@" + threshold + ":"
        case .lessOrEqual: "@~:" + threshold
        case .outside, .belowLower, .aboveUpper: ""
        }
    }

    /// Returns text that cannot begin the performance data or another line.
    private static func clean(_ text: String) -> String {
        TerminalText.sanitized(text).replacing("|", with: "/")
    }

    /// Returns the labels for names, all different: with `_` for `-` unless two names would become one, and without the
    /// characters that a label cannot have.
    package static func labels(_ names: [String], taken: Set<String>) -> [String] {
        let short = names.map { $0.replacing("-", with: "_") }
        var used = taken
        return zip(names, short).map { name, own in
            let isClear = short.count { $0 == own } == 1 && !taken.contains(own)
            let label = clean(isClear ? own : name).replacing("=", with: ":")
            var different = label
            var number = 1
            while !used.insert(different).inserted {
                number += 1
                different = "\(label)_\(number)"
            }
            return different
        }
    }

    /// Returns a label in single quotes if it needs them, with each of its own quotes doubled.
    ///
    /// Source: the Monitoring Plugins Development Guidelines, "Performance data".
    private static func quoted(_ label: String) -> String {
        let isPlain = label.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "_-./:".unicodeScalars.contains(scalar)
        }
        return isPlain && !label.isEmpty ? label : "'" + label.replacing("'", with: "''") + "'"
    }
}

extension EvaluationReport {
    /// How many alarms the text names.
    private static let mostNamed = 3

    /// The status for a monitoring system. A check that judged nothing is not OK.
    package var pluginStatus: PluginText.Status {
        switch verdict {
        case .fine: hasSeenAnything ? .ok : .unknown
        case .budget: .warning
        case .inAlarm: .critical
        case .failed: .unknown
        }
    }

    /// The run for a monitoring plugin: `CRITICAL - error-rate 22.2 % > 5 % | error_rate=22.2%;;5 spent=3.15;;25`.
    package var pluginLine: String {
        var texts: [String] = []
        if !unreadable.isEmpty { texts.append(unreadable.counts + " unreadable") }
        let unsent = delivery.waiting.count + delivery.failed.count + delivery.failedBefore
        if unsent > 0 { texts.append("\(unsent.counted("message")) not delivered") }
        if let failure = delivery.failure { texts.append(failure) }
        texts += alarmTexts
        texts += run.budgets.compactMap { budget in
            budget.finding.map { finding in
                let (amount, limit) = ComparedText.dollars(finding.amount, finding.threshold)
                return "\(budget.definition.name) \(finding.reason.words): \(amount) > \(limit)"
            }
        }
        if texts.isEmpty { texts = quietTexts }
        return PluginText.line(pluginStatus, texts, alarmValues + budgetValues)
    }

    /// The alarms in ALARM: first those with a value of their own.
    private var alarmTexts: [String] {
        let inAlarm = run.alarms.filter { $0.record.state == .alarm }
        let sorted =
            inAlarm.filter { $0.definition.condition != nil } + inAlarm.filter { $0.definition.condition == nil }
        let texts = sorted.prefix(Self.mostNamed).map { alarm in
            guard alarm.definition.condition != nil, let evaluation = alarm.evaluation else {
                return alarm.definition.name
            }
            // What follows the comma says how many datapoints decided.
            let summary = evaluation.summary(of: alarm.definition)
            return alarm.definition.name + " "
                + (summary.split(separator: ", ", maxSplits: 1).first.map(String.init) ?? "")
        }
        return texts + (sorted.count > Self.mostNamed ? ["\(sorted.count - Self.mostNamed) more"] : [])
    }

    private var quietTexts: [String] {
        if run.alarms.isEmpty, run.budgets.isEmpty { return ["nothing is watched: no alarms and no budget"] }
        if !hasData { return ["no data in the store"] }
        let ok = run.alarms.count { $0.record.state == .ok }
        let unknown = run.alarms.count - ok
        return [run.alarms.isEmpty ? "no alarms" : ok.counted("alarm") + " OK"]
            + (unknown > 0 ? ["\(unknown) without data"] : [])
            + run.budgets.map { "spent " + ComparedText.dollars($0.actual, $0.definition.limit).0 }
    }

    /// The newest value of every alarm that compares with one number.
    private var alarmValues: [String] {
        let names = run.alarms.map(\.definition.name)
        let labels = PluginText.labels(names, taken: run.budgets.isEmpty ? [] : [Self.budgetLabel])
        return zip(run.alarms, labels).compactMap { alarm, label in
            guard let condition = alarm.definition.condition, let threshold = condition.threshold,
                let limit = PluginText.number(threshold)
            else { return nil }
            let unit = alarm.definition.unit?.pluginSuffix ?? ""
            let newest = alarm.evaluation?.datapoints.last?.value.flatMap(PluginText.number)
            return PluginText.value(
                label,
                newest.map { $0 + unit } ?? "U",
                critical: PluginText.range(condition.comparison, limit, isNegative: threshold < 0)
            )
        }
    }

    private static let budgetLabel = "spent"

    private var budgetValues: [String] {
        run.budgets.map { budget in
            let amounts = [budget.actual, budget.definition.limit].map { amount in
                PluginText.trimmed(String(amount.inDollars(decimals: 2).dropFirst()))
            }
            return PluginText.value(Self.budgetLabel, amounts[0], critical: amounts[1])
        }
    }
}

extension MetricUnit {
    /// The unit of measurement of performance data. Counts are of one period, without a unit: a `c` is a counter that only
    /// grows.
    fileprivate var pluginSuffix: String {
        switch self {
        case .seconds: "s"
        case .milliseconds: "ms"
        case .microseconds: "us"
        case .percent: "%"
        case .bytes: "B"
        case .kilobytes: "KB"
        case .megabytes: "MB"
        case .gigabytes: "GB"
        case .terabytes: "TB"
        default: ""
        }
    }
}
