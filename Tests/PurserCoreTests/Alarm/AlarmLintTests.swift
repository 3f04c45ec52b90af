import Foundation
import PurserCore
import TestSupport
import Testing

/// The rules of `purser alarms lint`: each fires on the alarms it is meant for, and on no others.
@Suite struct AlarmLintTests {
    private static let context = AlarmLintContext(
        minuteMetrics: [Metric(namespace: "App", name: "Cost")],
        series: [
            Series(Metric(namespace: "App", name: "Jobs"), unit: .count),
            Series(Metric(namespace: "App", name: "Cost"), unit: .none),
        ],
        missingRunbooks: ["docs/gone.md"]
    )

    /// Returns an alarm without findings, with some keys changed; null removes a key.
    private static func jobs(_ changes: [String: JSONValue]) -> String {
        var keys: [String: JSONValue] = [
            "AlarmName": "jobs", "AlarmActions": [.string(AlarmFixture.topic)],
            "OKActions": [.string(AlarmFixture.topic)],
            "Namespace": "App", "MetricName": "Jobs", "Statistic": "Sum", "Unit": "Count", "Period": 60,
            "EvaluationPeriods": 3, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        ]
        keys = keys.merging(changes) { _, new in new }.filter { $0.value != .null }
        return JSONValue.object(keys.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }).text()
    }

    private static func ratio(_ expression: String, threshold: Int, datapoints: Int) -> String {
        func query(_ id: String) -> JSONValue {
            let metric: JSONValue = ["Namespace": "App", "MetricName": "Jobs"]
            return [
                "Id": .string(id), "ReturnData": false,
                "MetricStat": ["Metric": metric, "Period": 60, "Stat": "Sum", "Unit": "Count"],
            ]
        }
        return jobs([
            "Namespace": nil, "MetricName": nil, "Statistic": nil, "Unit": nil,
            "Period": nil, "Threshold": .integer(threshold), "DatapointsToAlarm": .integer(datapoints),
            "Metrics": [query("e"), query("i"), ["Id": "r", "Expression": .string(expression)]],
        ])
    }

    private static func band(period: Int) -> String {
        let metric: JSONValue = ["Namespace": "App", "MetricName": "Jobs"]
        let stat: JSONValue = [
            "Metric": metric, "Period": .integer(period), "Stat": "Sum", "Unit": "Count",
        ]
        return jobs([
            "Namespace": nil, "MetricName": nil, "Statistic": nil, "Unit": nil, "Period": nil, "Threshold": nil,
            "ComparisonOperator": "GreaterThanUpperThreshold", "ThresholdMetricId": "b",
            "Metrics": [
                ["Id": "m", "MetricStat": stat], ["Id": "b", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"],
            ],
        ])
    }

    private static func composite(_ rule: String) -> String {
        jobs(
            Dictionary(
                uniqueKeysWithValues: [
                    "Namespace", "MetricName", "Statistic", "Unit", "Period", "EvaluationPeriods", "Threshold",
                    "ComparisonOperator", "TreatMissingData",
                ].map { ($0, JSONValue.null) }
            ).merging(["AlarmName": "page", "AlarmRule": .string(rule)]) { _, new in new }
        )
    }

    private static func findings(_ files: [String]) throws -> [AlarmFinding] {
        let alarms = try TestAlarms.read(files.enumerated().map { ("\($0).json", $1) })
        return AlarmSet.lint(alarms, files: ["jobs": "0.json"], context)
    }

    @Test("an alarm without problems has no findings")
    func sound() throws {
        #expect(try Self.findings([Self.jobs([:])]).isEmpty)
    }

    @Test(
        "each rule about a single alarm fires on an alarm that breaks it, and not on one that follows it",
        arguments: [
            (AlarmLintRule.firesOnOneEvent, jobs(["Threshold": 0, "DatapointsToAlarm": 1]), jobs(["Threshold": 0])),
            (
                .firesOnOneEvent, jobs(["Threshold": 0, "EvaluationPeriods": 1]),
                jobs(["Threshold": 1, "EvaluationPeriods": 1])
            ),
            (
                .firesOnOneEvent, ratio("100*e/i", threshold: 5, datapoints: 1),
                ratio("100*e/i", threshold: 5, datapoints: 2)
            ),
            (
                .firesOnOneEvent, ratio("100*(e/i)", threshold: 5, datapoints: 1),
                ratio("e-i", threshold: 5, datapoints: 1)
            ),
            (
                .neverFires, jobs(["Threshold": 0, "ComparisonOperator": "LessThanThreshold"]),
                jobs(["Threshold": 0, "ComparisonOperator": "LessThanOrEqualToThreshold"])
            ),
            (
                .neverFires,
                jobs(["Threshold": 1, "Statistic": "SampleCount", "ComparisonOperator": "LessThanThreshold"]),
                jobs([
                    "Threshold": 1, "Statistic": "SampleCount", "ComparisonOperator": "LessThanThreshold",
                    "TreatMissingData": "breaching",
                ])
            ),
            (
                .neverFires, jobs(["Threshold": 100, "Statistic": nil, "ExtendedStatistic": "PR(10:)"]),
                jobs(["Threshold": 99, "Statistic": nil, "ExtendedStatistic": "PR(10:)"])
            ),
            (.neverFires, ratio("e > i", threshold: 1, datapoints: 3), ratio("e > i", threshold: 0, datapoints: 3)),
            (
                .neverOK,
                jobs([
                    "Threshold": 0, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "ignore",
                ]),
                jobs(["Threshold": 0, "ComparisonOperator": "GreaterThanOrEqualToThreshold"])
            ),
            (
                .periodFinerThanData, jobs(["MetricName": "Cost", "Unit": "None", "Period": 10]),
                jobs(["MetricName": "Cost", "Unit": "None"])
            ),
            (.periodFinerThanData, jobs(["Namespace": "AWS/Bedrock", "Period": 10]), jobs(["Period": 10])),
            (.noData, jobs(["MetricName": "Job"]), jobs([:])),
            (.noData, jobs(["Unit": "Seconds"]), jobs(["Unit": nil])),
            (.noTopic, jobs(["AlarmActions": ["${TopicArn}"]]), jobs([:])),
            (.noTopic, jobs(["AlarmActions": []]), jobs(["AlarmActions": [], "ActionsEnabled": false])),
            (.endUnheard, jobs(["OKActions": []]), jobs(["OKActions": ["${TopicArn}"]])),
            (
                .duplicateTopic, jobs(["OKActions": [.string(AlarmFixture.topic), .string(AlarmFixture.topic)]]),
                jobs([:])
            ),
            (
                .lowTrafficSilenced,
                jobs([
                    "Statistic": nil, "ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": "ignore",
                ]),
                jobs(["Statistic": nil, "ExtendedStatistic": "p99"])
            ),
            (.noDataUnheard, jobs(["TreatMissingData": nil]), jobs(["TreatMissingData": "ignore"])),
            (
                .runbookMissing, jobs(["AlarmDescription": "Runbook: docs/gone.md"]),
                jobs(["AlarmDescription": "Runbook: docs/there.md"])
            ),
            (
                .cloudWatchRefuses,
                jobs(["OKActions": ["arn:aws:sns:eu-west-1:111122223333:oncall"]]), jobs([:])
            ),
            (.cloudWatchRefuses, band(period: 172_800), band(period: 86_400)),
            (
                .cloudWatchRefuses, jobs(["Tags": [["Key": "aws:team", "Value": "a"]]]),
                jobs(["Tags": [["Key": "team", "Value": "a"]]])
            ),
            (
                .cloudWatchRefuses, jobs(["Tags": [["Key": "a", "Value": "1"], ["Key": "a", "Value": "2"]]]),
                jobs(["Tags": [["Key": "a", "Value": "1"], ["Key": "b", "Value": "2"]]])
            ),
        ]
    )
    func rules(rule: AlarmLintRule, firing: String, silent: String) throws {
        let findings = try Self.findings([firing])
        #expect(findings.contains { $0.rule == rule && $0.file == "0.json" && $0.alarm == "jobs" }, "\(findings)")
        #expect(try !Self.findings([silent]).contains { $0.rule == rule }, "\(silent)")
    }

    @Test("the finding for a rate says up to how many events a single one is enough")
    func events() throws {
        let message = try #require(Self.findings([Self.ratio("100*e/i", threshold: 5, datapoints: 1)]).first?.message)
        #expect(message.hasPrefix("one event among 19 or fewer is enough"))
    }

    @Test(
        "a composite rule is reported if its alarms cannot change its result",
        arguments: [
            ("ALARM(jobs) AND OK(jobs)", AlarmLintRule.neverFires), ("FALSE", nil),
            ("AT_LEAST(1, ALARM, (jobs)) AND NOT ALARM(jobs)", .neverFires),
            ("ALARM(jobs) OR NOT ALARM(jobs)", .neverOK), ("ALARM(jobs)", nil),
            ("NOT OK(jobs) AND NOT ALARM(jobs)", nil),
        ]
    )
    func composites(rule: String, expected: AlarmLintRule?) throws {
        let findings = try Self.findings([Self.jobs([:]), Self.composite(rule)]).filter { $0.alarm == "page" }
        #expect(findings.map(\.rule) == (expected.map { [$0] } ?? []))
    }

    @Test("an alarm that a composite alarm refers to needs no topic")
    func child() throws {
        let quiet = Self.jobs(["AlarmActions": [], "OKActions": []])
        #expect(try Self.findings([quiet]).map(\.rule) == [.noTopic])
        #expect(try Self.findings([quiet, Self.composite("ALARM(jobs)")]).isEmpty)
    }

    @Test("a topic without a value is reported with the flag that gives it")
    func flagOfTopic() throws {
        let findings = try Self.findings([Self.jobs(["AlarmActions": ["${AlarmTopic}"]])])
        #expect(findings.first { $0.rule == .noTopic }?.message.contains("give --parameter AlarmTopic=ARN") == true)
    }

    @Test("the shipped alarms have no findings, and docs/alarm-lint.md lists every rule")
    func shipped() throws {
        let alarms = try TestAlarms.read(AlarmFixture.shippedFiles(), parameters: ["TopicArn": AlarmFixture.topic])
        let findings = AlarmSet.lint(alarms, files: [:], AlarmLintContext())
        #expect(findings.isEmpty, "\(findings)")
        let path = AlarmFixture.repository.appending(path: "docs/alarm-lint.md")
        let document = try String(contentsOf: path, encoding: .utf8)
        for rule in AlarmLintRule.allCases {
            #expect(document.contains("| `\(rule.rawValue)` | \(rule.severity.rawValue) |"), "\(rule.rawValue)")
        }
    }
}
