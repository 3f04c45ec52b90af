package import PurserCore

/// Alarms as input for `--cli-input-json`.
package enum PutMetricAlarmLines {
    /// Returns one alarm per line, or a single alarm on several lines.
    ///
    /// Metric alarms are put-metric-alarm's input, composite alarms put-composite-alarm's. Throws ``JSONSyntaxError``
    /// if an alarm's canonical text is not JSON, which cannot happen with an alarm that was read from a file.
    package static func text(_ alarms: [AlarmDefinition], isIndented: Bool) throws(JSONSyntaxError) -> String {
        var lines: [String] = []
        for alarm in alarms { lines.append(try JSONValue(parsing: alarm.canonicalJSON).text(indented: isIndented)) }
        return lines.map { $0 + "\n" }.joined()
    }
}
