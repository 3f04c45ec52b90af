package import PurserCore

/// Metrics as text.
package enum MetricText {
    package static func list(_ series: [Series]) -> TextTable {
        TextTable(
            [.init("NAMESPACE"), .init("METRIC"), .init("DIMENSIONS"), .init("UNIT")],
            rows: series.map { item in
                let dimensions = item.metric.dimensions.map { $0.name + "=" + $0.value }
                return [
                    item.metric.namespace, item.metric.name, dimensions.joined(separator: " "), item.unit.rawValue,
                ]
            }
        )
    }

    package static func explanation(_ item: MetricExplanation) -> String {
        "\(item.metric.namespace) \(item.metric.name) (\(item.unit.rawValue)): \(item.text)"
    }

    package static func imported(_ result: MetricImportResult) -> String {
        let known = result.knownLines > 0 ? " after \(result.knownLines) imported earlier" : ""
        let calls =
            result.calls + result.knownCalls > 0
            ? "\(result.calls.counted("call")) entered, \(result.knownCalls) already known"
            : "\(result.stored.counted("datapoint")) stored"
        return "\(result.lines.counted("line")) read\(known), \(result.skipped) of them without metrics; "
            + "\(calls), \(result.faults.counted("fault"))"
    }
}
