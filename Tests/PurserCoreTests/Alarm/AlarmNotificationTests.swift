import Foundation
import PurserCore
import Testing

@Suite struct AlarmNotificationTests {
    private static let configured = Timestamp(
        year: 2026,
        month: 7,
        day: 9,
        hour: 2,
        minute: 36,
        second: 47,
        millisecond: 890
    )
    private static let changed = Timestamp(
        year: 2026,
        month: 7,
        day: 9,
        hour: 2,
        minute: 39,
        second: 54,
        millisecond: 536
    )

    private static func notification(
        _ definition: AlarmDefinition,
        oldState: AlarmState = .ok,
        newState: AlarmState = .alarm,
        reason: String = "Threshold Crossed: ...",
        action: String = AlarmFixture.topic
    ) -> AlarmNotification {
        AlarmNotification(
            definition: definition,
            configured: configured,
            oldState: oldState,
            newState: newState,
            reason: reason,
            time: changed,
            action: action
        )
    }

    @Test("a percentile alarm's message matches CloudWatch's exactly")
    func percentile() throws {
        let alarm = try AlarmFixture.read(
            """
            {"AlarmName": "latency-p99", "AlarmActions": ["${TopicArn}"], "Namespace": "ChatService",
             "MetricName": "Latency", "ExtendedStatistic": "p99", "Unit": "Seconds", "Period": 60,
             "EvaluationPeriods": 3, "DatapointsToAlarm": 3, "Threshold": 10,
             "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
             "EvaluateLowSampleCountPercentile": "ignore"}
            """
        )
        let notification = Self.notification(alarm)
        try AlarmFixture.expect(notification.body + "\n", equals: "notification-percentile.json")
        #expect(notification.subject == #"ALARM: "latency-p99" in US East (N. Virginia)"#)
    }

    @Test("a metric-math alarm's message matches CloudWatch's exactly")
    func math() throws {
        let alarm = try AlarmFixture.read(
            """
            {"AlarmName": "error-rate", "AlarmActions": ["${TopicArn}"], "EvaluationPeriods": 1,
             "DatapointsToAlarm": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
             "TreatMissingData": "notBreaching", "Metrics": [
             {"Id": "e", "Label": "errors", "MetricStat": {"Metric": {"Namespace": "ChatService",
              "MetricName": "Errors"}, "Period": 60, "Stat": "Sum", "Unit": "Count"}, "ReturnData": false},
             {"Id": "r", "Expression": "100*e/i", "Label": "error rate"},
             {"Id": "i", "MetricStat": {"Metric": {"Namespace": "ChatService", "MetricName": "Invocations"},
              "Period": 60, "Stat": "Sum"}, "ReturnData": false}]}
            """
        )
        let body = Self.notification(alarm, oldState: .insufficientData).body
        // The documented example has only the metric and the expression; this alarm's divisor comes after them.
        let divisor =
            #",{"Id":"i","MetricStat":{"Metric":{"Dimensions":[],"MetricName":"Invocations","Namespace":"ChatService"},"Period":60,"Stat":"Sum"},"ReturnData":false,"AccountId":"111122223333"}]"#
        #expect(body.contains(divisor))
        try AlarmFixture.expect(body.replacing(divisor, with: "]") + "\n", equals: "notification-math.json")
    }

    @Test("a scalar alarm's message matches CloudWatch's exactly")
    func scalar() throws {
        let alarm = try AlarmFixture.read(
            """
            {"AlarmName": "queue \\"depth\\" é", "AlarmDescription": "Line one\\nline two", "Namespace": "AWS/SQS",
             "OKActions": ["${TopicArn}"], "AlarmActions": ["${TopicArn}", "arn:aws:sns:eu-west-1:111122223333:second"],
             "InsufficientDataActions": ["${Nobody}"], "MetricName": "ApproximateAgeOfOldestMessage",
             "Statistic": "SampleCount", "Dimensions": [{"Name": "QueueName", "Value": "jobs"}, {"Name": "A", "Value": "b"}],
             "Period": 300, "EvaluationPeriods": 2, "Threshold": 1000000000,
             "ComparisonOperator": "LessThanOrEqualToThreshold"}
            """
        )
        let notification = Self.notification(
            alarm,
            oldState: .alarm,
            newState: .insufficientData,
            reason: "Insufficient Data: 2 datapoints were unknown.",
            action: "arn:aws:sns:eu-west-1:111122223333:second"
        )
        try AlarmFixture.expect(notification.body + "\n", equals: "notification-scalar.json")
        #expect(notification.subject == #"INSUFFICIENT_DATA: "queue "depth" _" in EU (Ireland)"#)
    }

    @Test("a FIFO message for the longest, partly non-ASCII alarm name is complete, and its subject is truncated")
    func longestName() throws {
        let name = String(repeating: "Größe ✓ ", count: 31) + "1234567"
        #expect(name.utf16.count == 255)
        let alarm = try AlarmFixture.read(
            """
            {"AlarmName": "\(name)", "AlarmDescription": "Tokyo 東京", "AlarmActions": ["${TopicArn}.fifo"],
             "Namespace": "Café", "MetricName": "Latência", "Statistic": "Average", "Unit": "Milliseconds",
             "Dimensions": [{"Name": "Region", "Value": "sao paulo"}], "Period": 10, "EvaluationPeriods": 6,
             "Threshold": -0.5, "ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching"}
            """
        )
        let notification = Self.notification(alarm, oldState: .insufficientData, action: AlarmFixture.topic + ".fifo")
        try AlarmFixture.expect(notification.body + "\n", equals: "notification-longest-name.json")
        #expect(notification.subject.utf8.count == 100)
        #expect(notification.subject.hasPrefix(#"ALARM: "Gr_e _ Gr_e _ Gr_e"#))
        #expect(notification.subject.hasSuffix(#"..." in US East (N. Virginia)"#))
    }

    @Test(
        "a subject has at most a hundred ASCII characters",
        arguments: [
            (String(repeating: "a", count: 255), "us-east-1", 100),
            (String(repeating: "ä", count: 255), "us-east-1", 35),
            ("Grüße 世界!", "eu-central-1", 0), (String(repeating: "n", count: 62), "us-east-1", 96),
            (String(repeating: "n", count: 66), "us-east-1", 100),
            (String(repeating: "n", count: 67), "us-east-1", 100),
        ]
    )
    func subjects(name: String, region: String, length: Int) {
        var alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1))
        alarm.name = name
        let subject = Self.notification(alarm, action: "arn:aws:sns:\(region):111122223333:oncall").subject
        #expect(subject.utf8.count <= 100)
        #expect(subject.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        if length > 0 { #expect(subject.count == length, "\(subject)") }
        #expect(subject.contains("...\"") == (name.count > 66 && length == 100), "\(subject)")
        if name.hasPrefix("Gr") { #expect(subject == #"ALARM: "Gr_e _!" in EU (Frankfurt)"#) }
    }

    @Test("other partitions keep their ARN prefix, and an unknown region is shown by its code")
    func regions() throws {
        let alarm = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1))
        let china = Self.notification(alarm, action: "arn:aws-cn:sns:cn-north-1:111122223333:t")
        let json = try JSONValue(parsing: china.body)
        #expect(json["AlarmArn"]?.string == "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:latency")
        #expect(json["Region"]?.string == "China (Beijing)")
        #expect(
            Self.notification(alarm, action: "arn:aws:sns:xx-new-9:111122223333:t").subject
                == #"ALARM: "latency" in xx-new-9"#
        )
    }

    @Test(
        "only the ARN of an SNS topic is accepted",
        arguments: [
            ("arn:aws:sns:us-east-1:111122223333:oncall", true), ("arn:aws:sns:us-east-1:111122223333:a.fifo", true),
            ("arn:aws-us-gov:sns:us-gov-west-1:111122223333:t", true),
            ("arn:aws:lambda:us-east-1:111122223333:function:f", false),
            ("arn:aws:sns:us-east-1:1111:oncall", false), ("arn:aws:sns::111122223333:oncall", false),
            ("arn:aws:sns:us-east-1:111122223333:", false), ("arn:aws:sns:us-east-1:111122223333:a:b", false),
            ("arn:aws:sns:us-east-1:111122223333:on call", false), ("oncall", false), ("", false),
        ]
    )
    func topics(text: String, isTopic: Bool) {
        #expect((TopicARN(text) != nil) == isTopic)
        if let topic = TopicARN(text) { #expect(topic.description == text) }
    }

    @Test("Purser's additions are attributes: runbook, window, samples and a command")
    func attributes() throws {
        let alarm = try AlarmFixture.read(
            """
            {"AlarmName": "latency-p99", "AlarmDescription": "Runbook: docs/runbooks/latency-p99.md",
             "AlarmActions": ["${TopicArn}"], "Namespace": "ChatService", "MetricName": "Latency",
             "ExtendedStatistic": "p99", "Unit": "Seconds", "Period": 60, "EvaluationPeriods": 3,
             "DatapointsToAlarm": 3, "Threshold": 10, "ComparisonOperator": "GreaterThanThreshold"}
            """
        )
        let evaluation = try AlarmFixture.evaluate([11, 11, 12], alarm)
        let attributes = Self.notification(alarm).attributes(evaluation: evaluation)
        #expect(
            attributes.map { $0.0 + "=" + $0.1 } == [
                "runbook=purser alarms runbook latency-p99", "window=2026-09-14T11:54:00Z/2026-09-14T11:59:00Z",
                "samples=1",
                "command=purser metrics get --namespace ChatService --name Latency --stat p99 --period 60 --start 2026-09-14T11:54:00Z --end 2026-09-14T11:59:00Z",
            ]
        )
        #expect(Self.notification(alarm).attributes(evaluation: nil).map(\.0) == ["runbook"])
    }

    @Test("a metric-math alarm's command passes GetMetricData's parameters through the shell unchanged")
    func commandOfMath() throws {
        let alarm = try AlarmMathFixture.errorRate()
        let evaluation = alarm.evaluate(data: AlarmData([:]), previous: .ok, at: AlarmFixture.noon)
        let attributes = Self.notification(alarm).attributes(evaluation: evaluation)
        #expect(attributes.map(\.0) == ["runbook", "window", "command"])
        let command = try #require(attributes.last?.1)
        #expect(command.hasPrefix("printf %s '{\"MetricDataQueries\":[{\"Id\":\"e\",\"MetricStat\":"))
        #expect(command.hasSuffix("' | purser metrics get"))
        let json = try JSONValue(
            parsing: String(command.dropFirst("printf %s '".count).dropLast("' | purser metrics get".count))
        )
        #expect(json["MetricDataQueries"]?.array?.count == 3)
        #expect(json["EndTime"]?.string == "2026-09-14T12:00:00Z")
    }
}
