import PurserCore
import TestSupport
import Testing

@Suite struct AlarmReadingTests {
    private static let scalar = """
        {"AlarmName": "a", "Namespace": "N", "MetricName": "M", "Statistic": "Sum", "Period": 60,
         "EvaluationPeriods": 3, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
        """

    private static func diagnostics(_ json: String) -> [String] {
        AlarmDefinition.read(json: json, file: "a.json", parameters: [:]).diagnostics.map(\.description)
    }

    /// Returns the scalar alarm with one key's value replaced, or a key added.
    private static func changed(_ key: String, _ value: String) throws -> String {
        guard case .object(var members) = try JSONValue(parsing: scalar) else { return "" }
        members.removeAll { $0.key == key }
        members.append(.init(key, try JSONValue(parsing: value)))
        return JSONValue.object(members).text()
    }

    @Test("the shipped alarms are read and sorted by name, and the budget is left to its own reader")
    func shippedAlarms() throws {
        let alarms = try TestAlarms.read(
            try AlarmFixture.shippedFiles(),
            parameters: ["TopicArn": AlarmFixture.topic]
        )
        #expect(
            alarms.map(\.name) == [
                "budget-used-up", "cache-write-trap", "chat-errors", "chat-latency", "chat-refusals", "cost-anomaly",
                "dead-letters", "error-rate", "error-rate-low-traffic", "latency-low-traffic", "latency-p99",
                "ledger-unwritable", "month-cost", "quota-80-percent", "quota-used-up", "refused-requests",
                "refused-requests-low-traffic", "server-errors", "tpm-quota-80-percent", "unpriced-requests",
            ]
        )
        // The others are gathered by one of the three composite alarms, which sends the message.
        let telling = [
            "budget-used-up", "cache-write-trap", "chat-errors", "chat-latency", "chat-refusals", "cost-anomaly",
            "dead-letters", "month-cost", "quota-80-percent", "quota-used-up", "tpm-quota-80-percent",
        ]
        for alarm in alarms {
            let topics = telling.contains(alarm.name) ? [AlarmFixture.topic] : []
            #expect(alarm.actions(for: .alarm) == topics)
            #expect(alarm.actions(for: .ok) == topics)
            #expect(alarm.actions(for: .insufficientData) == [])
            #expect(alarm.unfilledActions == [])
            #expect(alarm.metricReferences.allSatisfy { $0.metric.namespace == "ChatService" })
        }
        let seed = ["error-rate": 5.0, "latency-p99": 10, "month-cost": 25]
        for (name, threshold) in seed {
            #expect(alarms.first { $0.name == name }?.condition?.threshold == threshold)
        }
    }

    @Test("an action whose parameter has no value is listed separately and is not a fault")
    func unfilledActions() throws {
        for parameters in [[:], ["TopicArn": ""], ["Other": "x"]] {
            let alarms = try TestAlarms.read(try AlarmFixture.shippedFiles(), parameters: parameters)
            for alarm in alarms {
                #expect(alarm.unfilledActions.isEmpty || alarm.unfilledActions == ["${TopicArn}"])
                #expect(alarm.actions == AlarmActions())
            }
        }
    }

    @Test("parameters are substituted in any string, by their name or its upper-case form, and only once")
    func parameters() throws {
        let json = try Self.changed("Namespace", #""${stage}-${Team}""#)
        let alarm = try AlarmFixture.read(json, parameters: ["stage": "prod", "TEAM": "core $1"])
        #expect(alarm.metricReferences.first?.metric.namespace == "prod-core $1")
        // It is read, but cannot be watched.
        let missing = AlarmDefinition.read(json: json, file: "a.json", parameters: ["stage": "prod"])
        #expect(missing.definition?.missingParameters == ["Team"])
        let named = AlarmDefinition.read(json: try Self.changed("AlarmName", #""${Team}""#), file: "a.json")
        #expect(
            named.diagnostics.map(\.description) == [
                "a.json: AlarmName: the parameter Team has no value; give --parameter Team=VALUE"
            ]
        )
    }

    @Test("a definition's canonical text ignores key order and white space, and changes with its meaning")
    func canonicalText() throws {
        let spaced = try AlarmFixture.read(Self.scalar)
        let reordered = try AlarmFixture.read(try Self.changed("AlarmName", #""a""#))
        #expect(spaced.canonicalJSON == reordered.canonicalJSON)
        #expect(spaced.canonicalJSON != (try AlarmFixture.read(try Self.changed("Threshold", "2"))).canonicalJSON)
        #expect(spaced.canonicalJSON.hasPrefix(#"{"AlarmName":"a","ComparisonOperator":"#))
    }

    @Test("keys that a file omits stay unset")
    func absentKeys() throws {
        let alarm = try AlarmFixture.read(Self.scalar)
        #expect(alarm.condition?.datapointsToAlarm == nil)
        #expect(alarm.condition?.neededToAlarm == 3)
        #expect(alarm.condition?.treatMissingData == nil)
        #expect(alarm.condition?.evaluateLowSampleCountPercentile == nil)
        #expect(alarm.actionsEnabled)
        #expect(alarm.alarmDescription == nil && alarm.runbook == nil)
        #expect(alarm.unit == nil)
    }

    @Test(
        "each constraint of put-metric-alarm is checked",
        arguments: [
            ("AlarmName", #""""#, "AlarmName: has 0 characters; 1 to 255 characters are allowed"),
            ("AlarmName", #""a\u0007""#, "AlarmName: must not contain control characters"),
            ("AlarmName", "7", "AlarmName: must be a string, not a number"),
            ("Alarmname", #""a""#, "Alarmname: unknown key of put-metric-alarm; did you mean AlarmName?"),
            ("Color", #""a""#, "Color: unknown key of put-metric-alarm; allowed: AlarmName, AlarmDescription, "),
            ("Period", "15", "Period: 15 is not allowed; allowed: 10, 20, 30 or a multiple of 60 (seconds)"),
            ("Period", "90", "Period: 90 is not allowed; allowed: 10, 20, 30 or a multiple of 60 (seconds)"),
            ("Period", "0", "Period: 0 is not allowed; allowed: a whole number from 1 to 604800"),
            ("Period", "60.5", "Period: must be a whole number from 1 to 604800, not 60.5"),
            (
                "Period", "345600",
                "EvaluationPeriods: 3 periods of 345600 s are not allowed; allowed: at most 604800 s for a period of an hour"
            ),
            (
                "EvaluationPeriods", "1441",
                "EvaluationPeriods: 1441 periods of 60 s are not allowed; allowed: at most 86400 s for a period below an hour"
            ),
            ("EvaluationPeriods", "0", "EvaluationPeriods: 0 is not allowed; allowed: a whole number from 1 to 60480"),
            (
                "DatapointsToAlarm", "4",
                "DatapointsToAlarm: 4 is not allowed; allowed: 1 to EvaluationPeriods, which is 3"
            ),
            ("DatapointsToAlarm", "0", "DatapointsToAlarm: 0 is not allowed"),
            ("Threshold", #""high""#, "Threshold: must be a number, not the string `high`"),
            (
                "ComparisonOperator", #"">""#,
                "ComparisonOperator: `>` is not allowed; allowed: GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold, LessThanOrEqualToThreshold"
            ),
            (
                "TreatMissingData", #""bad""#,
                "TreatMissingData: `bad` is not allowed; allowed: breaching, notBreaching, ignore, missing"
            ),
            (
                "EvaluateLowSampleCountPercentile", #""no""#,
                "EvaluateLowSampleCountPercentile: `no` is not allowed; allowed: evaluate, ignore"
            ),
            (
                "Statistic", #""p99""#,
                "Statistic: `p99` is a value of ExtendedStatistic; Statistic may be SampleCount, Sum, Average, Minimum"
            ),
            (
                "ExtendedStatistic", #""p99""#,
                "ExtendedStatistic: cannot be combined with Statistic: only one of the two is allowed"
            ),
            ("Unit", #""seconds""#, "Unit: `seconds` is not allowed; allowed: Seconds, Microseconds"),
            ("Namespace", #"":x""#, "Namespace: must not begin with a colon"),
            (
                "Dimensions", #"[{"Name": "A", "Value": "1"}, {"Name": "A", "Value": "2"}]"#,
                "Dimensions[1].Name: the dimension `A` is given twice"
            ),
            ("Dimensions", #"[{"Name": "A"}]"#, "Dimensions[0].Value: is missing; a string is needed"),
            ("Dimensions", #"{"A": "1"}"#, "Dimensions: must be a list, not an object"),
            (
                "AlarmActions", #"["oncall"]"#,
                "AlarmActions[0]: `oncall` is not allowed; allowed: arn:aws:sns:REGION:ACCOUNT:TOPIC"
            ),
            (
                "OKActions", #"["${A}","${B}","${C}","${D}","${E}","${F}"]"#,
                "OKActions: has 6 elements; at most 5 are allowed"
            ),
            ("ActionsEnabled", #""yes""#, "ActionsEnabled: must be true or false, not the string `yes`"),
            ("Tags", #"[{"Key": "k"}]"#, "Tags[0].Value: is missing; a string is needed"),
            ("AlarmDescription", "null", "AlarmDescription: must be a string, not null"),
            ("ThresholdMetricId", "\"ad1\"", "ThresholdMetricId: is allowed only with the operators of a band"),
        ] as [(String, String, String)]
    )
    func constraints(key: String, value: String, expected: String) throws {
        let found = Self.diagnostics(try Self.changed(key, value))
        #expect(found.contains { $0.hasPrefix("a.json: " + expected) }, "\(found)")
    }

    @Test("the longest spans are allowed", arguments: [(60, 1440), (3600, 168), (86_400, 7), (10, 8640), (604_800, 1)])
    func longestSpans(period: Int, periods: Int) throws {
        let json = try Self.changed("Period", String(period)).replacing(
            "\"EvaluationPeriods\":3",
            with: "\"EvaluationPeriods\":\(periods)"
        )
        #expect(try AlarmFixture.read(json).condition?.evaluationPeriods == periods)
    }

    @Test("all faults in a file are reported together")
    func allFaults() {
        let found = Self.diagnostics(
            #"{"Alarm": 1, "Period": 61, "Namespace": "N", "MetricName": "M", "EvaluationPeriods": 0, "ComparisonOperator": "x"}"#
        )
        let keys = [
            "Alarm", "AlarmName", "Statistic", "Period", "Threshold", "ComparisonOperator", "EvaluationPeriods",
        ]
        #expect(found.count == keys.count, "\(found)")
        for key in keys {
            #expect(found.contains { $0.hasPrefix("a.json: \(key): ") }, "\(key)")
        }
    }

    @Test("text that is not JSON, or not an object, is a fault in the file")
    func noObject() {
        #expect(Self.diagnostics("{").first?.hasPrefix("a.json: line 1, column 2: ") == true)
        #expect(Self.diagnostics("[]") == ["a.json: an alarm must be an object, not an array"])
    }

    @Test("the faults of all files are thrown together, including two alarms with the same name")
    func setFaults() {
        let bad = Self.scalar.replacing("\"Sum\"", with: "\"sum\"")
        let error = #expect(throws: Diagnostics.self) {
            try TestAlarms.read([
                ("x/one.json", Self.scalar), ("x/two.json", bad), ("x/three.json", Self.scalar), ("x/budget.json", "?"),
            ])
        }
        #expect(
            error?.all.map(\.description) == [
                "x/two.json: Statistic: `sum` is not supported by this version; supported: SampleCount, Sum, Average, Minimum, Maximum",
                "x/three.json: AlarmName: the alarm `a` is already in x/one.json",
            ]
        )
    }
}

@Suite struct AlarmMathReadingTests {
    private static func alarm(_ metrics: String) -> String {
        """
        {"AlarmName": "a", "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
         "Metrics": [\(metrics)]}
        """
    }

    private static func stat(_ id: String, returnsData: Bool = false, period: Int = 60, stat: String = "Sum") -> String
    {
        """
        {"Id": "\(id)", "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "\(id)"}, "Period": \(period),
         "Stat": "\(stat)"}, "ReturnData": \(returnsData)}
        """
    }

    private static func expression(_ id: String, _ text: String, returnsData: Bool = true) -> String {
        #"{"Id": "\#(id)", "Expression": "\#(text)", "ReturnData": \#(returnsData)}"#
    }

    @Test(
        "the queries of a metric-math alarm are checked together",
        arguments: [
            (
                [stat("a"), expression("r", "a+b")],
                "Metrics[1].Expression: column 3: `b` is not an Id of this alarm; allowed: a, r"
            ),
            (
                [stat("a"), expression("r", "a+")],
                "Metrics[1].Expression: column 3: a number, a metric's id, a function, `(` or `[` is expected, not the end"
            ),
            (
                [stat("a"), expression("r", "SUM(a)")],
                "Metrics[1].Expression: gives one number; an alarm needs a series, so it must use a metric"
            ),
            (
                [stat("a"), expression("r", "[a]")],
                "Metrics[1].Expression: gives several time series; an alarm needs one, such as the result of FIRST or MAX"
            ),
            (
                [stat("a"), expression("r", "FIRST(e)"), expression("e", "a", returnsData: false)],
                "Metrics[1].Expression: column 7: argument 1 of FIRST must be an array of time series, not a time series"
            ),
            (
                [stat("a"), expression("r", "2")],
                "Metrics[1].Expression: gives one number; an alarm needs a series, so it must use a metric"
            ),
            (
                [stat("a"), expression("r", "q+a"), expression("q", "r", returnsData: false)],
                "Metrics[1].Expression: `r` needs its own result"
            ),
            ([stat("a"), expression("r", "r")], "Metrics[1].Expression: `r` needs its own result"),
            ([stat("a"), stat("a"), expression("r", "a")], "Metrics[1].Id: `a` is given twice"),
            (
                [stat("A"), expression("r", "1")],
                "Metrics[0].Id: `A` is not allowed; allowed: a lower-case letter, then letters, digits and _"
            ),
            (
                [stat("a", returnsData: true), expression("r", "a")],
                "Metrics: 2 entries have ReturnData true; exactly one must return data (absent means true)"
            ),
            ([stat("a")], "Metrics: 0 entries have ReturnData true; exactly one must return data (absent means true)"),
            (
                [stat("a"), stat("b", period: 300), expression("r", "a/b")],
                "Metrics[1].MetricStat.Period: 300 is not allowed; all periods must be the same, and the first is 60"
            ),
            (
                [stat("a", period: 45), expression("r", "a")],
                "Metrics[0].MetricStat.Period: 45 is not allowed; allowed: 10, 20, 30 or a multiple of 60 (seconds)"
            ),
            (
                [stat("a", stat: "TM99"), expression("r", "a")],
                "Metrics[0].MetricStat.Stat: `TM99` is not supported by this version"
            ),
            ([#"{"Id": "x"}"#], "Metrics[0]: either MetricStat or Expression is needed, and not both"),
            ([#"{"Id": "x", "MetricStat": {}}"#], "Metrics[0].MetricStat.Metric: is missing; an object is needed"),
            (["7"], "Metrics[0]: must be an object, not a number"),
            (
                (0..<11).map { stat("m\($0)") } + [expression("r", "m0")],
                "Metrics: has 11 entries with MetricStat; at most 10 are allowed"
            ),
        ] as [([String], String)]
    )
    func faults(metrics: [String], expected: String) {
        let json = Self.alarm(metrics.joined(separator: ","))
        let found = AlarmDefinition.read(json: json, file: "a.json").diagnostics.map(\.description)
        #expect(found.contains { $0.hasPrefix("a.json: " + expected) }, "\(found)")
    }

    @Test("a fault in one query does not hide one in another")
    func independentFaults() {
        let json = Self.alarm(
            [Self.stat("a", stat: "Sums"), Self.expression("r", "a+b"), Self.expression("s", "+")].joined(
                separator: ","
            )
        )
        let keys = AlarmDefinition.read(json: json, file: "a.json").diagnostics.map { $0.key ?? "" }
        #expect(
            Set(keys) == ["Metrics[0].MetricStat.Stat", "Metrics[1].Expression", "Metrics[2].Expression", "Metrics"]
        )
    }

    @Test("the keys of a scalar alarm are rejected alongside Metrics")
    func scalarKeys() {
        let json = Self.alarm(Self.stat("a", returnsData: true)).replacing(
            "{\"AlarmName\"",
            with: "{\"Period\": 60, \"AlarmName\""
        )
        let found = AlarmDefinition.read(json: json, file: "a.json").diagnostics.map(\.description)
        #expect(found == ["a.json: Period: cannot be combined with Metrics, which sets it for each metric"])
    }

    @Test("a single metric may be watched, and a label may contain CloudWatch's own ${…}")
    func singleMetric() throws {
        let json = Self.alarm(Self.stat("a", returnsData: true)).replacing(
            "\"Id\"",
            with: "\"Label\": \"${LAST}\", \"Id\""
        )
        let alarm = try AlarmFixture.read(json)
        guard case .math(let math) = alarm.rule else {
            Issue.record("not a metric-math alarm")
            return
        }
        #expect(math.watched?.label == "${LAST}")
        #expect(math.period == 60)
    }
}
