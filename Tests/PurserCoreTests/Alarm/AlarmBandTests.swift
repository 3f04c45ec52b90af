import PurserCore
import Testing

@Suite struct AlarmBandTests {
    private static func alarm(_ comparison: String = "LessThanLowerOrGreaterThanUpperThreshold") throws
        -> AlarmDefinition
    {
        try AlarmFixture.read(json(comparison: comparison))
    }

    private static func json(
        comparison: String = "LessThanLowerOrGreaterThanUpperThreshold",
        band: String = "ANOMALY_DETECTION_BAND(m, 3)",
        keys: String = #""ThresholdMetricId": "b""#
    ) -> String {
        """
        {"AlarmName": "odd", "AlarmActions": ["${TopicArn}"], "EvaluationPeriods": 2, "DatapointsToAlarm": 2,
         "ComparisonOperator": "\(comparison)", "TreatMissingData": "notBreaching", \(keys), "Metrics": [
         {"Id": "m", "MetricStat": {"Metric": {"Namespace": "ChatService", "MetricName": "Latency"}, "Period": 300,
          "Stat": "Maximum"}}, {"Id": "b", "Expression": "\(band)"}]}
        """
    }

    /// Returns `days` of history around 10, from 9 to 11, followed by `values`; the newest five minutes end at noon.
    private static func data(_ values: [Double], _ alarm: AlarmDefinition, history days: Int = 14) throws -> AlarmData {
        let end = AlarmFixture.noon
        let start = end.floored(toSeconds: 86_400) - days * 86_400
        var slots: [Slot] = []
        var (time, number) = (start, 0)
        while time < end - values.count * 300 {
            let value = [9.0, 10, 11, 10][number % 4]
            slots.append(Slot(start: time, distribution: try #require(Distribution(value: value))))
            (time, number) = (time + 300, number + 1)
        }
        for value in values {
            slots.append(Slot(start: time, distribution: try #require(Distribution(value: value))))
            time = time + 300
        }
        let series = SlotSeries(slots)
        var data = AlarmData([MetricReference(AlarmFixture.metric): series])
        let range = alarm.evaluationRange(at: end)
        data.learn(alarm, from: data, start: start, days: range)
        return data
    }

    @Test(
        "a band separates usual from unusual values, on the side that the comparison operator names",
        arguments: [
            ("LessThanLowerOrGreaterThanUpperThreshold", [10.0, 10], AlarmState.ok),
            ("LessThanLowerOrGreaterThanUpperThreshold", [30, 30], .alarm),
            ("LessThanLowerOrGreaterThanUpperThreshold", [1, 30], .alarm),
            ("GreaterThanUpperThreshold", [30, 30], .alarm),
            ("GreaterThanUpperThreshold", [1, 1], .ok), ("LessThanLowerThreshold", [1, 1], .alarm),
            ("LessThanLowerThreshold", [30, 30], .ok), ("GreaterThanUpperThreshold", [30, 10], .ok),
        ]
    )
    func verdicts(comparison: String, values: [Double], state: AlarmState) throws {
        let alarm = try Self.alarm(comparison)
        let seen = alarm.evaluate(data: try Self.data(values, alarm), previous: .ok, at: AlarmFixture.noon)
        #expect(seen.state == state && seen.datapoints.count == 2)
    }

    @Test("the reason and its data contain the thresholds of the datapoints")
    func words() throws {
        let alarm = try Self.alarm("GreaterThanUpperThreshold")
        let seen = alarm.evaluate(data: try Self.data([30, 31], alarm), previous: .ok, at: AlarmFixture.noon)
        let upper = try #require(seen.datapoints.first?.band?.upperBound)
        #expect((11...16).contains(upper))
        let reason = try #require(seen.reason)
        #expect(
            reason.hasPrefix(
                "Thresholds Crossed: 2 out of the last 2 datapoints [31.0 (14/09/26 11:55:00), 30.0 (14/09/26 11:50:00)] were greater than the upper thresholds [\(upper), "
            )
        )
        #expect(reason.hasSuffix("] (minimum 2 datapoints for OK -> ALARM transition)."))
        let data = try JSONValue(parsing: try #require(seen.reasonData))
        #expect(data.members?.map(\.key).contains("threshold") == false)
        #expect(data["recentUpperThresholds"]?.array?.count == 2 && data["recentLowerThresholds"]?.array?.count == 2)
        #expect(seen.summary(of: alarm).hasPrefix("31 > 1"))
    }

    /// Returns an alarm on the ratio of two metrics, or on another expression over them, with a band around it.
    private static func ratio(period: Int = 300, expression: String = "e/n", band: String = "r") -> String {
        func stat(_ id: String, _ name: String) -> String {
            """
            {"Id": "\(id)", "ReturnData": false, "MetricStat": {"Metric": {"Namespace": "Bakery",
             "MetricName": "\(name)"}, "Period": \(period), "Stat": "Sum"}}
            """
        }
        return """
            {"AlarmName": "odd", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanUpperThreshold",
             "ThresholdMetricId": "b", "TreatMissingData": "notBreaching", "Metrics": [\(stat("e", "Burnt")),
             \(stat("n", "Loaves")), {"Id": "r", "Expression": "\(expression)"},
             {"Id": "b", "Expression": "ANOMALY_DETECTION_BAND(\(band), 3)"}]}
            """
    }

    /// Returns two weeks of loaves, far more of them every other day, of which about a tenth is burnt and, in the newest
    /// period, `burnt`.
    private static func loaves(_ alarm: AlarmDefinition, burnt: Double) throws -> AlarmData {
        let end = alarm.evaluationRange(at: AlarmFixture.noon).upperBound
        let count = 14 * 86_400 / alarm.period + 1
        var slots: [String: [Slot]] = [:]
        for index in 0..<count {
            let time = end - (count - index) * alarm.period
            let loaves = time.fields.day % 2 == 0 ? 1000.0 : 100
            let share = index == count - 1 ? burnt : [0.09, 0.1, 0.11][index / 5 % 3]
            for (name, value) in [("Burnt", share * loaves), ("Loaves", loaves)] {
                slots[name, default: []].append(
                    Slot(start: time, distribution: try #require(Distribution(value: value)))
                )
            }
        }
        let series = slots.map { (MetricReference(Metric(namespace: "Bakery", name: $0)), SlotSeries($1)) }
        var data = AlarmData(Dictionary(uniqueKeysWithValues: series))
        let range = alarm.evaluationRange(at: AlarmFixture.noon)
        data.learn(alarm, from: data, start: AnomalyModel.historyStart(of: range.lowerBound), days: range)
        return data
    }

    @Test(
        "a band around an expression is learned from the expression's past, also over periods of an hour and a day",
        arguments: [300, 3600, 86_400]
    )
    func expression(period: Int) throws {
        let alarm = try AlarmFixture.read(Self.ratio(period: period))
        for (burnt, state) in [(0.1, AlarmState.ok), (0.5, .alarm)] {
            let data = try Self.loaves(alarm, burnt: burnt)
            let seen = alarm.evaluate(data: data, previous: .ok, at: AlarmFixture.noon)
            #expect(seen.state == state && seen.newestValue == burnt, "\(burnt)")
            #expect((0.1...0.2).contains(try #require(seen.datapoints.last?.band?.upperBound)))
        }
    }

    @Test("without enough history there is no band, and the datapoints are missing")
    func noHistory() throws {
        let alarm = try Self.alarm()
        let seen = alarm.evaluate(
            data: try Self.data([30, 30], alarm, history: 0),
            previous: .alarm,
            at: AlarmFixture.noon
        )
        #expect(seen.datapoints.isEmpty && seen.state == .ok)
    }

    @Test("a message names the band instead of a threshold")
    func message() throws {
        let alarm = try Self.alarm()
        let notification = AlarmNotification(
            definition: alarm,
            configured: AlarmFixture.noon,
            oldState: .ok,
            newState: .alarm,
            reason: "Thresholds Crossed: ...",
            time: AlarmFixture.noon,
            action: AlarmFixture.topic
        )
        try AlarmFixture.expect(notification.body + "\n", equals: "notification-band.json")
    }

    @Test(
        "keys and expressions that a band alarm does not allow are rejected",
        arguments: [
            (
                json(comparison: "GreaterThanThreshold", keys: #""Threshold": 1, "ThresholdMetricId": "b""#),
                "ThresholdMetricId: is allowed only with the operators of a band"
            ),
            (json(keys: #""Threshold": 1, "ThresholdMetricId": "b""#), "Threshold: cannot be combined with a band"),
            (
                json(keys: #""ThresholdMetricId": "x""#),
                "ThresholdMetricId: `x` is not an Id of an expression of this alarm"
            ),
            (json(keys: #""Tags": []"#), "ThresholdMetricId: is missing"),
            (json(band: "m*2"), "Metrics[1].Expression: is not a band"),
            (
                ratio(expression: "SUM(METRICS())", band: "x"),
                "Metrics[3].Expression: column 24: `x` is not an Id of this alarm"
            ),
            (
                ratio(expression: "e-FIRST(ANOMALY_DETECTION_BAND(e))"),
                "Metrics[3].Expression: column 24: argument 1 of ANOMALY_DETECTION_BAND must not depend on another band"
            ),
        ]
    )
    func faults(json: String, expected: String) {
        let read = AlarmDefinition.read(json: json, file: "a.json", parameters: ["TopicArn": AlarmFixture.topic])
        #expect(read.diagnostics.contains { $0.description.hasPrefix("a.json: " + expected) }, "\(read.diagnostics)")
    }
}
