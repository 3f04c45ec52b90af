/// The shell command that shows the values of an alarm's window again.
enum ReproducingCommand {
    /// Returns the command; nil for a composite alarm, which has no values.
    static func text(_ definition: AlarmDefinition, _ range: Range<Timestamp>) -> String? {
        switch definition.rule {
        case .metric(let metric): scalar(metric, range)
        case .math(let math): mathematical(math, range)
        case .composite: nil
        }
    }

    private static func scalar(_ metric: AlarmMetric, _ range: Range<Timestamp>) -> String {
        var words = ["purser", "metrics", "get", "--namespace", metric.metric.namespace, "--name", metric.metric.name]
        for dimension in metric.dimensions {
            words += ["--dimension", dimension.name + "=" + dimension.value]
        }
        words += ["--stat", metric.statistic.description, "--period", String(metric.period)]
        words += ["--start", range.lowerBound.iso8601(), "--end", range.upperBound.iso8601()]
        return words.map(ShellWord.quoted).joined(separator: " ")
    }

    /// Returns the command with GetMetricData's parameters on standard input.
    private static func mathematical(_ math: AlarmMath, _ range: Range<Timestamp>) -> String {
        let parameters: JSONValue = [
            "MetricDataQueries": .array(math.queries.map(query)),
            "StartTime": .string(range.lowerBound.iso8601()),
            "EndTime": .string(range.upperBound.iso8601()),
            "ScanBy": "TimestampAscending",
        ]
        return "printf %s " + ShellWord.quoted(parameters.text()) + " | purser metrics get"
    }

    private static func query(_ query: AlarmMath.Query) -> JSONValue {
        var members: [JSONValue.Member] = [.init("Id", .string(query.id))]
        switch query.source {
        case .metric(let metric):
            let name: JSONValue = [
                "Namespace": .string(metric.metric.namespace),
                "MetricName": .string(metric.metric.name),
                "Dimensions": .array(
                    metric.dimensions.map { ["Name": .string($0.name), "Value": .string($0.value)] }
                ),
            ]
            var stat: [JSONValue.Member] = [
                .init("Metric", name),
                .init("Period", .integer(metric.period)),
                .init("Stat", .string(metric.statistic.description)),
            ]
            if let unit = metric.unit { stat.append(.init("Unit", .string(unit.rawValue))) }
            members.append(.init("MetricStat", .object(stat)))
        case .expression(let expression, _):
            members.append(.init("Expression", .string(expression.text)))
        }
        members.append(.init("ReturnData", true))
        return .object(members)
    }
}
