package import PurserCore

/// Metrics for programs.
package enum MetricJSON {
    /// Returns ListMetrics' rows with their units: schema `purser.metrics-list/1`.
    package static func list(_ series: [Series]) -> JSONValue {
        let metrics = series.map { item -> JSONValue in
            [
                "Namespace": .string(item.metric.namespace),
                "MetricName": .string(item.metric.name),
                "Dimensions": .array(
                    item.metric.dimensions.map { ["Name": .string($0.name), "Value": .string($0.value)] }
                ),
                "Unit": .string(item.unit.rawValue),
            ]
        }
        return JSONValue(schema: "purser.metrics-list/1", ["Metrics": .array(metrics)])
    }

    /// Returns GetMetricData's result.
    package static func data(_ answer: MetricDataAnswer) -> JSONValue {
        let list = answer.results.map { result -> JSONValue in
            [
                "Id": .string(result.id),
                "Label": .string(result.label),
                "Timestamps": .array(result.datapoints.map { .string($0.timestamp.iso8601()) }),
                "Values": .array(result.datapoints.map { .number($0.value) }),
                "StatusCode": .string(result.statusCode),
            ]
        }
        let messages = JSONValue.array(
            answer.leftOut.map { ["Code": "MaxMetricsExceeded", "Value": .string($0.sentence)] }
        )
        var members: [JSONValue.Member] = [.init("MetricDataResults", .array(list)), .init("Messages", messages)]
        if let token = answer.nextToken { members.append(.init("NextToken", .string(token))) }
        return .object(members)
    }

    /// Schema `purser.metrics-explain/1`.
    package static func explanations(_ metrics: [MetricExplanation]) -> JSONValue {
        let rows = metrics.map { item -> JSONValue in
            [
                "namespace": .string(item.metric.namespace), "name": .string(item.metric.name),
                "unit": .string(item.unit.rawValue), "explanation": .string(item.text),
            ]
        }
        return JSONValue(schema: "purser.metrics-explain/1", ["metrics": .array(rows)])
    }

    /// Schema `purser.metrics-put/1`.
    package static func put(stored: Int, _ faults: [Diagnostic]) -> JSONValue {
        JSONValue(
            schema: "purser.metrics-put/1",
            ["stored": .integer(stored), "faults": .array(faults.map(\.json))]
        )
    }

    /// Schema `purser.metrics-retention/1`.
    package static func retention(_ retention: Retention) -> JSONValue {
        JSONValue(schema: "purser.metrics-retention/1", ["retention": retention.json])
    }

    /// Returns an import of a file in the format `input`, and the first rejected lines: schema
    /// `purser.metrics-import/1`.
    package static func imported(
        _ result: MetricImportResult,
        file: String,
        input: String,
        refused: [Diagnostic]
    ) -> JSONValue {
        let skipped: [JSONValue] =
            result.skipped > 0 ? [["reason": "withoutMetrics", "count": .integer(result.skipped)]] : []
        return JSONValue(
            schema: "purser.metrics-import/1",
            [
                "file": .string(file),
                "from": .string(input),
                "read": .integer(result.lines),
                "readBefore": .integer(result.knownLines),
                "skipped": .array(skipped),
                "datapoints": .integer(result.stored),
                "calls": .integer(result.calls),
                "knownCalls": .integer(result.knownCalls),
                "faults": .integer(result.faults),
                "refused": .array(refused.map(refusal)),
                "notes": .array(result.notes.map(JSONValue.string)),
            ]
        )
    }

    private static func refusal(_ fault: Diagnostic) -> JSONValue {
        let colon = fault.file.lastIndex(of: ":")
        let line = colon.flatMap { Int(fault.file[$0...].dropFirst()) }
        return [
            "file": .string(line == nil ? fault.file : String(fault.file[..<(colon ?? fault.file.endIndex)])),
            "line": line.map(JSONValue.integer) ?? .null,
            "column": .null,
            "reason": .string((fault.key.map { $0 + ": " } ?? "") + fault.message),
        ]
    }
}
