public import PurserCore

/// Alarms as `--cli-input-json` takes them.
public enum PutMetricAlarmLines {
    /// An alarm a line; on many lines where it is one alone.
    ///
    /// Metric alarms are put-metric-alarm's input, composite alarms put-composite-alarm's. Throws ``JSONSyntaxError`` where an
    /// alarm's canonical text is no JSON, which no alarm has that was read from a file.
    public static func text(_ alarms: [AlarmDefinition], isIndented: Bool) throws(JSONSyntaxError) -> String {
        var lines: [String] = []
        for alarm in alarms { lines.append(try JSONValue(parsing: alarm.canonicalJSON).text(indented: isIndented)) }
        return lines.map { $0 + "\n" }.joined()
    }
}
