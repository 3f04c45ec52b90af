import PurserCore
import Testing

/// What an alarm file may hold besides one input of put-metric-alarm.
@Suite struct AlarmInputTests {
    private static let rest = #"""
        "Namespace":"N","MetricName":"M","Statistic":"Sum","Period":60,"EvaluationPeriods":3,"Threshold":1,
        "ComparisonOperator":"GreaterThanThreshold"
        """#

    private static func alarm(_ name: String, _ keys: String = "") -> String {
        #"{"AlarmName":"\#(name)",\#(keys)\#(rest)}"#
    }

    private static func content(_ text: String, _ more: String...) throws -> AlarmSet.Content {
        let files = try ([text] + more).enumerated().flatMap { number, text in
            AlarmFile.documents("\(number).json", try JSONValue.documents(parsing: text))
        }
        return AlarmSet.content(of: files)
    }

    private static func faults(_ content: AlarmSet.Content) -> [String] {
        content.unreadable.flatMap(\.faults).map(\.description)
    }

    private static let state = #"""
        "AlarmArn":"arn:aws:cloudwatch:us-east-1:111122223333:alarm:x","StateValue":"OK","StateReason":"r",
        "StateReasonData":"{}","StateUpdatedTimestamp":"2026-11-01T06:00:00Z","EvaluationState":"PARTIAL_DATA",
        "AlarmConfigurationUpdatedTimestamp":"2026-11-01T06:00:00Z","OKActions":[],"Metrics":[],"Dimensions":[],
        """#

    @Test("what describe-alarms returns is the same as its inputs: the object, its list, and one alarm of it")
    func described() throws {
        let plain = try Self.content("[" + Self.alarm("a") + "," + Self.alarm("b") + "]").alarms
        #expect(plain.map(\.name) == ["a", "b"])
        let (a, b) = (Self.alarm("a", Self.state), Self.alarm("b", Self.state))
        #expect(
            try Self.content(#"{"MetricAlarms":[\#(a),\#(b)],"CompositeAlarms":[],"NextToken":"t"}"#).alarms == plain
        )
        #expect(try Self.content("[\(a),\(b)]").alarms == plain)
        #expect(try Self.content(a, b).alarms == plain)
    }

    @Test("a resource without its template is read, and named after its file if it has no name")
    func source() throws {
        let resource = #"{"Type":"AWS::CloudWatch::Alarm","Properties":{\#(Self.rest)}}"#
        #expect(try Self.content(resource).alarms.map(\.name) == ["0"])
        #expect(try Self.content(#"{"One":\#(resource),"Two":\#(resource)}"#).alarms.map(\.name) == ["One", "Two"])
        let bad = resource.replacing(#""Period":60"#, with: #""Period":61"#)
        #expect(Self.faults(try Self.content(bad)).first?.hasPrefix("0.json: Properties.Period: 61 is not") == true)
    }

    @Test("documents one after another are all read, and a fault names the line of its document")
    func documents() throws {
        let lines = [Self.alarm("a"), Self.alarm("b", #""Perriod":60,"#), Self.alarm("a")].map {
            $0.replacing("\n", with: "")
        }
        let content = try Self.content(lines.joined(separator: "\n"))
        #expect(content.alarms.map(\.name) == ["a"] && content.files == ["a": "0.json:1"])
        #expect(
            Self.faults(content).map { String($0.prefix(22)) } == ["0.json:2: Perriod: unk", "0.json:3: AlarmName: t"]
        )
        #expect(throws: JSONSyntaxError.self) { try JSONValue.documents(parsing: "{} x") }
    }

    @Test("a fault in one alarm loses only that alarm, in its own file and in others")
    func oneBadAlarm() throws {
        let content = try Self.content(
            "[" + Self.alarm("a") + "," + Self.alarm("b", #""Perriod":60,"#) + "]",
            #"{"AlarmName":"both","AlarmRule":"ALARM(a) AND ALARM(b)"}"#
        )
        // The rule may name the alarm that cannot be read.
        #expect(content.alarms.map(\.name) == ["a", "both"])
        #expect(content.unreadable.map(\.place) == ["[1]"])
        let circle = try Self.content(
            Self.alarm("a"),
            #"{"AlarmName":"c","AlarmRule":"ALARM(d)"}"#,
            #"{"AlarmName":"d","AlarmRule":"ALARM(c)"}"#,
            #"{"AlarmName":"e","AlarmRule":"ALARM(none)"}"#
        )
        #expect(circle.alarms.map(\.name) == ["a"] && circle.unreadable.count == 3)
    }

    @Test("an empty list counts as absent wherever it is")
    func emptyLists() throws {
        let math = #"""
            {"AlarmName":"m","Dimensions":[],"Tags":[],"EvaluationPeriods":1,"Threshold":1,
            "ComparisonOperator":"GreaterThanThreshold","Metrics":[{"Id":"a","MetricStat":{"Period":60,"Stat":"Sum",
            "Metric":{"Namespace":"N","MetricName":"M","Dimensions":[]}}}]}
            """#
        let content = try Self.content(Self.alarm("a", #""Metrics":[],"Dimensions":[],"#), math)
        #expect(content.alarms.count == 2 && !content.alarms.contains { $0.canonicalJSON.contains("[]") })
    }

    @Test(
        "what CloudWatch refuses is refused",
        arguments: [
            (#""EvaluateLowSampleCountPercentile":"ignore""#, "EvaluateLowSampleCountPercentile: is allowed only with"),
            (#""Dimensions":[{"Name":"Oven","Value":" "}]"#, "Dimensions[0].Value: must not be blank"),
            (
                #""Dimensions":[{"Name":"Oven","Value":"Küche"}]"#,
                "Dimensions[0].Value: `Küche` is not allowed; allowed: A"
            ),
        ]
    )
    func refusals(keys: String, expected: String) throws {
        let found = Self.faults(try Self.content(Self.alarm("a", keys + ",")))
        #expect(found.first?.hasPrefix("0.json: " + expected) == true, "\(found)")
        let percentile = Self.alarm("a", #""EvaluateLowSampleCountPercentile":"ignore","#)
            .replacing(#""Statistic":"Sum""#, with: #""ExtendedStatistic":"p99""#)
        #expect(try Self.content(percentile).alarms.count == 1)
    }

    @Test("a percentile in Statistic names the key that it belongs to")
    func percentileAsStatistic() throws {
        let text = Self.alarm("a").replacing(#""Sum""#, with: #""p99""#)
        #expect(Self.faults(try Self.content(text)).first?.contains("`p99` is a value of ExtendedStatistic") == true)
    }

    @Test("an action that only CloudWatch carries out is kept beside the topics, and lint names it")
    func otherActions() throws {
        let recover = "arn:aws:automate:us-east-1:ec2:recover"
        let topic = "arn:aws:sns:us-east-1:111122223333:t"
        let both = try Self.content(Self.alarm("a", #""AlarmActions":["\#(topic)","\#(recover)"],"#))
        let alone = try Self.content(Self.alarm("b", #""AlarmActions":["\#(recover)"],"#))
        #expect(both.alarms.first?.actions.alarm == [topic] && both.alarms.first?.otherActions == [recover])
        let rules = { (content: AlarmSet.Content) in
            AlarmSet.lint(content.alarms, files: [:], AlarmLintContext()).map(\.rule)
        }
        #expect(rules(both).contains(.otherAction) && !rules(both).contains(.noTopic))
        #expect(rules(alone).contains(.otherAction) && rules(alone).contains(.noTopic))
        let unknown = try Self.content(Self.alarm("a", #""AlarmActions":["arn:aws:s3:::bucket"],"#))
        #expect(Self.faults(unknown).first?.contains("is not allowed; allowed: arn:aws:sns:") == true)
    }

    @Test("AWS/DynamoDB ignores missing data unless the file says otherwise, and other namespaces do not")
    func dynamoDB() throws {
        let dynamo = Self.alarm("a").replacing(#""N""#, with: #""AWS/DynamoDB""#)
        let said = Self.alarm("b", #""TreatMissingData":"breaching","#).replacing(#""N""#, with: #""AWS/DynamoDB""#)
        let content = try Self.content(dynamo, said, Self.alarm("c"))
        #expect(content.alarms.map { $0.condition?.missingDataTreatment } == [.ignore, .breaching, .missing])
        #expect(content.alarms.first?.condition?.treatMissingData == nil)
    }

    @Test("the rule FALSE switches an alarm off and is no finding")
    func switchedOff() throws {
        let content = try Self.content(#"{"AlarmName":"off","AlarmRule":"FALSE"}"#)
        let findings = AlarmSet.lint(content.alarms, files: [:], AlarmLintContext())
        #expect(!findings.contains { $0.severity == .error }, "\(findings)")
    }
}
