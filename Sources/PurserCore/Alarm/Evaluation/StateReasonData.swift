/// CloudWatch's StateReasonData: the datapoints behind a state, with CloudWatch's keys in CloudWatch's order.
enum StateReasonData {
    static func json(
        _ state: AlarmState,
        _ window: AlarmWindow,
        _ definition: AlarmDefinition,
        _ condition: AlarmCondition,
        at time: Timestamp
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("version", "1.0"), .init("queryDate", .string(time.cloudWatchText)),
        ]
        if let oldest = window.used.first {
            members.append(.init("startDate", .string(oldest.timestamp.cloudWatchText)))
        }
        if case .metric(let metric) = definition.rule {
            if let unit = metric.unit { members.append(.init("unit", .string(unit.rawValue))) }
            members.append(.init("statistic", .string(metric.statistic.description)))
        }
        members += [
            .init("period", .integer(definition.period)),
            .init("recentDatapoints", .array(recent(window) { $0.value })),
        ]
        if let threshold = condition.threshold {
            members.append(.init("threshold", .number(threshold)))
        } else {
            members.append(.init("recentLowerThresholds", .array(recent(window) { $0.band?.lowerBound })))
            members.append(.init("recentUpperThresholds", .array(recent(window) { $0.band?.upperBound })))
        }
        members.append(.init("evaluatedDatapoints", .array(evaluated(state, window, condition))))
        return .object(members)
    }

    /// Returns the values from the oldest used datapoint to the newest, with null in the gaps.
    private static func recent(_ window: AlarmWindow, _ value: (AlarmPoint) -> Double?) -> [JSONValue] {
        guard let oldest = window.used.first, let newest = window.used.last else { return [] }
        return window.points
            .filter { oldest.timestamp <= $0.timestamp && $0.timestamp <= newest.timestamp }
            .map { value($0).map(JSONValue.number) ?? .null }
    }

    /// Returns as many datapoints as the state needs: those that decided it and, if they are too few, the newest missing
    /// ones; newest first, whether they are real or missing.
    private static func evaluated(
        _ state: AlarmState,
        _ window: AlarmWindow,
        _ condition: AlarmCondition
    ) -> [JSONValue] {
        let needed = state == .ok ? condition.neededForOK : condition.neededToAlarm
        let deciding = state == .ok ? window.good : window.breaching
        let real = deciding.suffix(needed)
        let missing = window.points.filter { $0.value == nil }.suffix(needed - real.count)
        return (real + missing).sorted { $0.timestamp > $1.timestamp }.map { point in
            var members: [JSONValue.Member] = [.init("timestamp", .string(point.timestamp.cloudWatchText))]
            if let count = point.sampleCount { members.append(.init("sampleCount", .number(Double(count)))) }
            if let value = point.value { members.append(.init("value", .number(value))) }
            return .object(members)
        }
    }
}
