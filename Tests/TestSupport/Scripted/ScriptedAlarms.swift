package import PurserCore
package import PurserStore

/// Alarms that change often on data that is the same in every run, so that the correct evaluations are known.
package enum ScriptedAlarms {
    package static let start = Timestamp(year: 2026, month: 11, day: 16)
    package static let topic = "arn:aws:sns:us-east-1:111122223333:oncall"

    /// Returns the time of a minute's evaluation.
    package static func time(_ minute: Int) -> Timestamp {
        start + 600 + minute * 60
    }

    /// Returns the errors in a minute since the start: bursts of several lengths, and gaps.
    private static func errors(_ minute: Int) -> Double? {
        if minute % 17 == 16 { return nil }
        return (minute / 3) % 4 == 1 || minute % 11 == 0 ? Double(1 + minute % 3) : 0
    }

    /// Records the data of the first `minutes` minutes.
    package static func record(minutes: Int, in store: Store) throws {
        var points: [Flush.Point] = []
        for minute in 0..<minutes {
            let slot = start + minute * 60
            for (name, value) in [("Errors", errors(minute)), ("Invocations", 10)] {
                guard let value, let distribution = Distribution(value: value) else { continue }
                let series = Series(Metric(namespace: "Scripted", name: name), unit: .count)
                points.append(.init(series: series, slot: Slot(start: slot, distribution: distribution)))
            }
        }
        try store.record(Flush(writer: "scripted", sequence: 1, points: points))
    }

    /// Returns scalar alarms, one with metric math, and a composite of two of them with a suppressor.
    package static func alarms() throws -> [AlarmDefinition] {
        let actions = "\"OKActions\": [\"\(topic)\"], \"AlarmActions\": [\"\(topic)\"]"
        let condition = "\"ComparisonOperator\": \"GreaterThanThreshold\", \"TreatMissingData\": \"notBreaching\""
        let stat = { (id: String, name: String) in
            """
            {"Id": "\(id)", "ReturnData": false, "MetricStat": {"Stat": "Sum", "Period": 60,
             "Metric": {"Namespace": "Scripted", "MetricName": "\(name)"}}}
            """
        }
        let scalar = { (name: String, threshold: Int, periods: Int) in
            """
            {"AlarmName": "\(name)", \(actions), \(condition), "Namespace": "Scripted", "MetricName": "Errors",
             "Statistic": "Sum", "Period": 60, "EvaluationPeriods": \(periods), "DatapointsToAlarm": 1,
             "Threshold": \(threshold)}
            """
        }
        let files = [
            scalar("any-error", 0, 1), scalar("many-errors", 2, 5),
            """
            {"AlarmName": "error-rate", \(actions), \(condition), "EvaluationPeriods": 2, "Threshold": 10,
             "Metrics": [\(stat("e", "Errors")), \(stat("i", "Invocations")), {"Id": "r", "Expression": "100*e/i"}]}
            """,
            """
            {"AlarmName": "service", \(actions), "AlarmRule": "ALARM(any-error) AND NOT OK(error-rate)",
             "ActionsSuppressor": "many-errors", "ActionsSuppressorWaitPeriod": 60,
             "ActionsSuppressorExtensionPeriod": 120}
            """,
        ]
        return try TestAlarms.read(files.enumerated().map { ("\($0.offset).json", $0.element) })
    }

    /// Returns a budget of which nothing has been spent.
    package static func budget() throws -> BudgetDefinition? {
        let json = """
            {"Budget": {"BudgetName": "b", "BudgetLimit": {"Amount": "25", "Unit": "USD"}, "TimeUnit": "MONTHLY",
             "BudgetType": "COST"}}
            """
        return BudgetDefinition.read(json: json, file: "budget.json").definition
    }
}
