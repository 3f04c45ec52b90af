package import PurserCore

/// Alarms as a file of Prometheus' alerting rules over the metrics that `purser metrics export --format prometheus` writes.
///
/// Anything that a rule cannot express is noted next to it, and an alarm that cannot be a rule is named with the reason.
package struct PrometheusRules: Sendable, Equatable {
    /// The facts about the metrics that the alarms do not contain.
    package struct Metrics: Sendable {
        /// Whether a metric is exported as a counter; nil if that depends on its samples.
        package var isCounter: @Sendable (Series) -> Bool?
        /// The dimensions that series of the metric's namespace and name are known to have.
        package var dimensionNames: @Sendable (Metric) -> Set<String>
        /// The units that the metric is known to have.
        package var units: @Sendable (Metric) -> Set<MetricUnit>

        package init(
            isCounter: @escaping @Sendable (Series) -> Bool? = { _ in nil },
            dimensionNames: @escaping @Sendable (Metric) -> Set<String> = { _ in [] },
            units: @escaping @Sendable (Metric) -> Set<MetricUnit> = { _ in [] }
        ) {
            self.isCounter = isCounter
            self.dimensionNames = dimensionNames
            self.units = units
        }
    }

    /// An alarm, and something about it that is lost.
    package struct Note: Sendable, Equatable, CustomStringConvertible {
        package var alarm: String
        package var text: String

        package var description: String { "\(alarm): \(text)" }
    }

    /// The file, in YAML.
    package let text: String
    /// How many alarms are in the file.
    package let count: Int
    /// `2 of 5 alarms exported; not exported: 3 (a metric whose unit is not known)`.
    package let summary: String
    /// Alarms that are not in the file, and why.
    package let leftOut: [Note]
    /// The differences between the rules in the file and their alarms.
    package let differences: [Note]

    package init(_ alarms: [AlarmDefinition], metrics: Metrics = Metrics()) {
        var rules: [PrometheusRule] = []
        var leftOut: [Note] = []
        var causes: [String: Int] = [:]
        for alarm in alarms.sorted(by: { $0.name < $1.name }) {
            do throws(PrometheusRule.Untranslatable) {
                rules.append(try PrometheusRule(alarm, metrics: metrics))
            } catch {
                leftOut.append(Note(alarm: alarm.name, text: error.reason))
                causes[error.cause, default: 0] += 1
            }
        }
        self.leftOut = leftOut
        differences = rules.flatMap { rule in rule.notes.map { Note(alarm: rule.name, text: $0) } }
        text = Self.text(rules, leftOut)
        count = rules.count
        let not = causes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) (\($0.key))" }
        summary =
            "\(rules.count) of \(alarms.count.counted("alarm")) exported"
            + (not.isEmpty ? "" : "; not exported: \(not.joined(separator: ", "))")
    }

    private static let head = [
        "Alarms, exported by Purser, over the metrics of its Prometheus export. In general:",
        "- increase() extrapolates, and needs at least two scrapes in a period.",
        "- If datapoints are missing, CloudWatch looks further back than its N periods; a rule does not.",
        "- Prometheus has no actions: Alertmanager routes alerts by their labels.",
    ]

    private static func text(_ rules: [PrometheusRule], _ leftOut: [Note]) -> String {
        var lines = head.map { "# " + $0 }
        let intervals = Dictionary(grouping: rules, by: \.intervalSeconds).sorted { $0.key > $1.key }
        lines.append(intervals.isEmpty ? "groups: []" : "groups:")
        for (interval, rules) in intervals {
            lines += ["  - name: purser-\(interval)s", "    interval: \(interval)s", "    rules:"]
            lines += rules.flatMap { $0.lines.map { "      " + $0 } }
        }
        if !leftOut.isEmpty {
            lines.append("# Not in this file:")
            lines += leftOut.map { "# - " + comment($0.description) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Returns the text on one line, because a comment ends with its line.
    static func comment(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isLineEnding ? " " : $0 }))
    }
}

extension Unicode.Scalar.Properties {
    /// Whether a YAML parser may take the character for the end of a line, or reject it.
    fileprivate var isLineEnding: Bool {
        generalCategory == .control || generalCategory == .lineSeparator || generalCategory == .paragraphSeparator
    }
}
