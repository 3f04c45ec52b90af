/// The `Trigger` of an alarm's message: what is watched and when the state is ALARM.
enum AlarmTrigger {
    static func json(_ definition: AlarmDefinition, _ condition: AlarmCondition, account: String?) -> JSONValue {
        var members: [JSONValue.Member] = []
        if case .metric(let metric) = definition.rule { members = scalar(metric) }
        members += [
            .init("Period", .integer(definition.period)),
            .init("EvaluationPeriods", .integer(condition.evaluationPeriods)),
        ]
        if let datapoints = condition.datapointsToAlarm {
            members.append(.init("DatapointsToAlarm", .integer(datapoints)))
        }
        members.append(.init("ComparisonOperator", .string(condition.comparison.rawValue)))
        if let threshold = condition.threshold { members.append(.init("Threshold", .number(threshold))) }
        if let band = condition.thresholdMetricId { members.append(.init("ThresholdMetricId", .string(band))) }
        members += [
            .init("TreatMissingData", .string(condition.treatMissingData?.rawValue ?? "")),
            .init(
                "EvaluateLowSampleCountPercentile",
                .string(condition.evaluateLowSampleCountPercentile?.rawValue ?? "")
            ),
        ]
        if case .math(let math) = definition.rule {
            members.append(.init("Metrics", .array(math.queries.map { query($0, math, account: account) })))
        }
        return .object(members)
    }

    private static func scalar(_ metric: AlarmMetric) -> [JSONValue.Member] {
        let isSimple = Statistic.simple.contains(metric.statistic)
        let statistic: JSONValue.Member =
            isSimple
            ? .init("Statistic", .string(upperCase(metric.statistic)))
            : .init("ExtendedStatistic", .string(metric.statistic.description))
        return [
            .init("MetricName", .string(metric.metric.name)),
            .init("Namespace", .string(metric.metric.namespace)),
            .init("StatisticType", isSimple ? "Statistic" : "ExtendedStatistic"),
            statistic,
            .init("Unit", JSONValue(metric.unit?.rawValue)),
            .init("Dimensions", dimensions(metric)),
        ]
    }

    private static func upperCase(_ statistic: Statistic) -> String {
        statistic == .sampleCount ? "SAMPLE_COUNT" : statistic.description.uppercased()
    }

    private static func dimensions(_ metric: AlarmMetric) -> JSONValue {
        .array(metric.dimensions.map { ["value": .string($0.value), "name": .string($0.name)] })
    }

    private static func query(_ query: AlarmMath.Query, _ math: AlarmMath, account: String?) -> JSONValue {
        var members: [JSONValue.Member] = []
        if case .expression(let expression, _) = query.source {
            members.append(.init("Expression", .string(expression.text)))
        }
        members.append(.init("Id", .string(query.id)))
        if let label = query.label { members.append(.init("Label", .string(label))) }
        if case .metric(let metric) = query.source { members.append(.init("MetricStat", stat(metric))) }
        members.append(.init("ReturnData", .bool(query.returnsData)))
        switch query.source {
        case .metric:
            if let account = query.accountId ?? account { members.append(.init("AccountId", .string(account))) }
        case .expression(_, let period):
            members.append(.init("Period", .integer(period ?? math.period)))
        }
        return .object(members)
    }

    private static func stat(_ metric: AlarmMetric) -> JSONValue {
        let name: JSONValue = [
            "Dimensions": dimensions(metric),
            "MetricName": .string(metric.metric.name),
            "Namespace": .string(metric.metric.namespace),
        ]
        var members: [JSONValue.Member] = [
            .init("Metric", name),
            .init("Period", .integer(metric.period)),
            .init("Stat", .string(metric.statistic.description)),
        ]
        if let unit = metric.unit { members.append(.init("Unit", .string(unit.rawValue))) }
        return .object(members)
    }
}
