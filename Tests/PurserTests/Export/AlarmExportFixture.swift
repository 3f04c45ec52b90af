import PurserCore
import TestSupport
import Testing

/// Alarms for the tests of exports.
enum AlarmExportFixture {
    static let topic = "arn:aws:sns:us-east-1:111122223333:oncall"

    static func shipped(parameters: [String: String] = [:]) throws -> [AlarmDefinition] {
        let files = EmbeddedFile.all(in: "alarms").map {
            (name: $0.path, text: $0.text)
        }
        return try TestAlarms.read(files, parameters: parameters)
    }

    static func read(_ json: String, parameters: [String: String] = [:]) throws -> AlarmDefinition {
        let result = AlarmDefinition.read(json: json, file: "a.json", parameters: parameters)
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
        return try #require(result.definition)
    }

    static func composite() throws -> AlarmDefinition {
        try read(
            #"""
            {"AlarmName":"chat is ill","AlarmRule":"ALARM(\"error-rate\") AND NOT ALARM(\"latency-p99\")","AlarmActions":["${TopicArn}"],
             "ActionsSuppressor":"month-cost","ActionsSuppressorWaitPeriod":60,"ActionsSuppressorExtensionPeriod":120,
             "Tags":[{"Key":"team","Value":"chat"}]}
            """#
        )
    }

    /// Returns an alarm on a band with the text of its file; the band's expression is not evaluated here.
    static func anomaly() throws -> AlarmDefinition {
        let json = #"""
            {"AlarmName":"latency-band","ComparisonOperator":"GreaterThanUpperThreshold","EvaluationPeriods":3,
             "ThresholdMetricId":"band","Metrics":[{"Id":"m","MetricStat":{"Metric":{"Namespace":"ChatService","MetricName":"Latency"},
             "Period":60,"Stat":"p50"},"ReturnData":true},{"Id":"band","Expression":"ANOMALY_DETECTION_BAND(m, 2)","ReturnData":true}]}
            """#
        let metric = AlarmMetric(
            metric: Metric(namespace: "ChatService", name: "Latency"),
            statistic: .percentile(50),
            period: 60
        )
        return AlarmDefinition(
            name: "latency-band",
            rule: .math(
                AlarmMath(
                    queries: [.init(id: "m", source: .metric(metric), returnsData: true)],
                    period: 60,
                    thresholdMetricId: "band"
                )
            ),
            condition: AlarmCondition(
                threshold: nil,
                thresholdMetricId: "band",
                comparison: .aboveUpper,
                evaluationPeriods: 3
            ),
            canonicalJSON: try JSONValue(parsing: json).text()
        )
    }

    /// Returns a metric alarm with a random choice of the possible keys.
    static func random(_ name: String, using random: inout TestRandom) throws -> AlarmDefinition {
        var members: [JSONValue.Member] = [.init("AlarmName", .string(name))]
        let words = ["plain", "ä € \"quoted\" \\ back", "a: b # c", "{{ x }}", "123", "true", "$ {} %"]
        let ascii = words.filter { $0.allSatisfy(\.isASCII) }
        func word(_ random: inout TestRandom) -> JSONValue { .string(words.randomElement(using: &random) ?? "") }
        func maybe(_ key: String, _ value: (inout TestRandom) -> JSONValue) {
            if Bool.random(using: &random) { members.append(.init(key, value(&random))) }
        }
        let actions = [topic, "${TopicArn}", "arn:aws:sns:${Region}:111122223333:${Name}"]
        maybe("AlarmDescription") { Bool.random(using: &$0) ? word(&$0) : "line\nbreak" }
        maybe("ActionsEnabled") { .bool(Bool.random(using: &$0)) }
        maybe("AlarmActions") { random in .array(actions.shuffled(using: &random).prefix(2).map(JSONValue.string)) }
        maybe("OKActions") { random in .array(actions.shuffled(using: &random).prefix(1).map(JSONValue.string)) }
        maybe("Tags") { ["Key": "team", "Value": word(&$0)] }
        if members.last?.key == "Tags", let tag = members.popLast()?.value { members.append(.init("Tags", [tag])) }
        let periods = Int.random(in: 1...5, using: &random)
        members += [
            .init("EvaluationPeriods", .integer(periods)),
            .init("Threshold", .number([0, 0.1, 5, 1e9, -2.5].randomElement(using: &random) ?? 0)),
            .init("ComparisonOperator", "GreaterThanOrEqualToThreshold"),
        ]
        maybe("DatapointsToAlarm") { .integer(Int.random(in: 1...periods, using: &$0)) }
        maybe("TreatMissingData") { random in
            .string(MissingDataTreatment.allCases.randomElement(using: &random)?.rawValue ?? "missing")
        }
        let metric: [JSONValue.Member] = [
            .init("Namespace", word(&random)), .init("MetricName", "M"),
            .init("Dimensions", [["Name": "Code", "Value": .string(ascii.randomElement(using: &random) ?? "")]]),
        ]
        if Bool.random(using: &random) {
            members +=
                metric + [.init("Period", 60), .init("ExtendedStatistic", "p99.9"), .init("Unit", "Count/Second")]
        } else {
            let stat: JSONValue = ["Metric": .object(metric), "Period": 300, "Stat": "TM(2%:98%)"]
            members.append(
                .init(
                    "Metrics",
                    [
                        [
                            "Id": "a", "MetricStat": stat, "ReturnData": false,
                            "Label": "${LAST} of ${PROP('Dim.Code')}",
                        ],
                        ["Id": "r", "Expression": "IF(a > 2, 100*a^0.5, 0)", "Label": word(&random)],
                    ]
                )
            )
        }
        return try read(JSONValue.object(members).text())
    }
}
