import PurserCore
import TestSupport
import Testing

@Suite struct CloudFormationTemplateTests {
    private static let alarm =
        #""Namespace":"N","MetricName":"M","Statistic":"Sum","Period":60,"EvaluationPeriods":3,"Threshold":1,"#
        + #""ComparisonOperator":"GreaterThanThreshold""#

    private static func template(_ resources: String, parameters: String = "{}") -> String {
        #"{"AWSTemplateFormatVersion":"2010-09-09","Parameters":\#(parameters),"Mappings":{"M":{}},"Resources":{\#(resources)}}"#
    }

    private static func resource(_ id: String, _ properties: String, type: String = "Alarm") -> String {
        #""\#(id)":{"Type":"AWS::CloudWatch::\#(type)","Properties":{\#(properties)}}"#
    }

    private static func read(_ text: String, _ parameters: [String: String] = [:]) throws -> [AlarmDefinition] {
        try TestAlarms.read([("t.json", text)], parameters: parameters)
    }

    private static func faults(_ text: String, _ parameters: [String: String] = [:]) -> [String] {
        do {
            _ = try read(text, parameters)
            return []
        } catch let error as Diagnostics {
            return error.all.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test("an alarm resource is read like the equivalent put-metric-alarm input, and other resources are skipped")
    func sameAsInput() throws {
        let text = Self.template(
            #""Topic":{"Type":"AWS::SNS::Topic"},"# + Self.resource("High", #""AlarmName":"high","# + Self.alarm)
        )
        let input = AlarmDefinition.read(json: #"{"AlarmName":"high",\#(Self.alarm)}"#, file: "a.json").definition
        #expect(try Self.read(text) == [try #require(input)])
    }

    @Test("a misspelt alarm type is a fault, and the alarm is not dropped silently")
    func misspeltType() {
        for type in ["AWS::Cloudwatch::Alarm", "AWS::CloudWatch::CompositAlarm", "AWS::CloudWatch::alarm"] {
            let found = Self.faults(Self.template(#""A":{"Type":"\#(type)","Properties":{}}"#))
            #expect(
                found.first?.hasPrefix("t.json: Resources.A.Type: `\(type)` is not a type of alarm; allowed:") == true
            )
        }
        #expect(Self.faults(Self.template(#""A":{"Type":"AWS::CloudWatch::Dashboard"}"#)).isEmpty)
    }

    @Test("a reference to an alarm whose name is built from parameters resolves to that name")
    func madeUpName() throws {
        let text = Self.template(
            Self.resource("Slow", #""AlarmName":{"Fn::Sub":"slow-${Stage}"},"# + Self.alarm) + ","
                + Self.resource("All", #""AlarmRule":{"Fn::Sub":"ALARM(\"${Slow}\")"}"#, type: "CompositeAlarm"),
            parameters: #"{"Stage":{"Type":"String","Default":"prod"}}"#
        )
        let alarms = try Self.read(text)
        #expect(alarms.map(\.name) == ["All", "slow-prod"] && alarms[0].alarmReferences == ["slow-prod"])
    }

    @Test("numbers and booleans may be written as strings, and strings as numbers, as in CloudFormation")
    func coercion() throws {
        let loose = #"""
            "AlarmName":404,"ActionsEnabled":"false","Namespace":"N","MetricName":"M","Statistic":"Sum","Period":"60",
            "EvaluationPeriods":"3","DatapointsToAlarm":"2","Threshold":"1.5e0","ComparisonOperator":"GreaterThanThreshold",
            "Dimensions":[{"Name":"Code","Value":500},{"Name":"Live","Value":true}]
            """#
        let alarm = try #require(try Self.read(Self.template(Self.resource("A", loose))).first)
        #expect(alarm.name == "404" && !alarm.actionsEnabled && alarm.period == 60)
        #expect(alarm.condition?.threshold == 1.5 && alarm.condition?.neededToAlarm == 2)
        let dimensions = alarm.metricReferences.first?.metric.dimensions
        #expect(dimensions == [Dimension("Code", "500"), Dimension("Live", "true")])
        let query = #"""
            "EvaluationPeriods":1,"Threshold":0,"ComparisonOperator":"LessThanThreshold","Metrics":[{"Id":"a","ReturnData":"True",
            "AccountId":111122223333,"MetricStat":{"Metric":{"Namespace":"N","MetricName":"M"},"Period":"300","Stat":"p90"}}]
            """#
        let math = try #require(try Self.read(Self.template(Self.resource("B", query))).first)
        guard case .math(let rule) = math.rule else { return #expect(Bool(false), "\(math.rule)") }
        #expect(rule.period == 300 && rule.queries.first?.accountId == "111122223333")
    }

    @Test("without AlarmName the logical id is the name, and Ref to an alarm returns its name")
    func names() throws {
        let rule =
            #""AlarmRule":{"Fn::Sub":"ALARM(\"${High}\") OR ALARM(${Named})"},"ActionsSuppressor":{"Ref":"High"},"#
        let periods = #""ActionsSuppressorWaitPeriod":"60","ActionsSuppressorExtensionPeriod":120"#
        let text = Self.template(
            [
                Self.resource("High", Self.alarm), Self.resource("Named", #""AlarmName":"low","# + Self.alarm),
                Self.resource("Both", rule + periods, type: "CompositeAlarm"),
            ].joined(separator: ",")
        )
        let alarms = try Self.read(text)
        #expect(alarms.map(\.name) == ["Both", "High", "low"])
        #expect(alarms[0].alarmReferences == ["High", "low"])
        let numbered = text.replacing(#""AlarmName":"low""#, with: #""AlarmName":7"#)
        #expect(try Self.read(numbered).first { $0.name == "Both" }?.alarmReferences == ["High", "7"])
    }

    @Test("Ref and Fn::Sub use the given value, then the default; an action keeps a parameter that has neither")
    func parameters() throws {
        let parameters = #"""
            {"Stage":{"Type":"String","Default":"test"},"TopicArn":{"Type":"String"},"Limit":{"Type":"Number","Default":7},
             "Topics":{"Type":"CommaDelimitedList"}}
            """#
        let properties = #"""
            "AlarmName":{"Fn::Sub":["${Stage}-${!Literal}-${Own}-${AWS::Region}",{"Own":{"Ref":"Stage"}}]},
            "AlarmActions":[{"Ref":"TopicArn"}],"OKActions":{"Ref":"Topics"},"Namespace":"N","MetricName":"M","Statistic":"Sum",
            "AlarmDescription":{"Ref":"AWS::NoValue"},"Period":60,"EvaluationPeriods":3,"Threshold":{"Ref":"Limit"},
            "ComparisonOperator":"GreaterThanThreshold"
            """#
        let text = Self.template(Self.resource("A", properties), parameters: parameters)
        let (one, two) = ("arn:aws:sns:us-east-1:111122223333:a", "arn:aws:sns:us-east-1:111122223333:b")
        let given = ["AWS::Region": "eu-west-1", "Topics": "\(one), \(two)", "Literal": "x"]
        // Without a value in it, the name is the logical id.
        #expect(try Self.read(text, given).map(\.name) == ["A"])
        let plain = text.replacing("-${!Literal}", with: "")
        let alarm = try #require(try Self.read(plain, given).first)
        #expect(alarm.name == "test-test-eu-west-1" && alarm.condition?.threshold == 7)
        #expect(alarm.unfilledActions == ["${TopicArn}"] && alarm.actions.ok == [one, two])
        #expect(alarm.alarmDescription == nil)
        let filled = try #require(try Self.read(plain, given.merging(["TopicArn": one, "Stage": "prod"]) { $1 }).first)
        #expect(filled.name == "prod-prod-eu-west-1" && filled.actions.alarm == [one] && filled.unfilledActions == [])
        #expect(try Self.read(plain, ["Topics": one]).map(\.name) == ["A"])
        let file = AlarmFile(name: "t.json", content: try JSONValue(parsing: plain))
        let names = ["Stage", "TopicArn", "AWS::Region", "Limit", "Own", "Nothing"]
        #expect(AlarmFile.unused(names, in: [file]) == ["Own", "Nothing"])
        let plainFile = AlarmFile(name: "p.json", content: ["AlarmName": "${Own}"])
        #expect(AlarmFile.unused(names, in: [file, plainFile]) == ["Nothing"])
    }

    @Test(
        "an unsupported or unresolvable property is rejected, and the error names its resource and key",
        arguments: [
            (#""AlarmActions":[{"Fn::GetAtt":["T"]}]"#, "AlarmActions[0]: Fn::GetAtt must name a resource and an"),
            (#""AlarmActions":{"Fn::If":["P",["a"]]}"#, "AlarmActions: Fn::If must be [condition, value, value]"),
            (#""AlarmActions":{"Fn::GetAZs":""}"#, "AlarmActions: Fn::GetAZs is not supported here; supported: Ref"),
            (#""Unit":{"Fn::FindInMap":["a","b","c"]}"#, "Unit: the parameter a.b.c has no value; give --parameter a."),
            (#""Unit":{"Fn::FindInMap":["M","b","c"]}"#, "Unit: Fn::FindInMap: there is no Mappings.M.b.c"),
            (#""Unit":{"Ref":"P"}"#, "Unit: the parameter P has no value; give --parameter P=VALUE"),
            (#""Unit":{"Ref":"S"}"#, "Unit: the parameter S has no value"),
            (#""DatapointsToAlarm":{"Ref":"P"}"#, "DatapointsToAlarm: the parameter P has no value"),
            (#""AlarmName":{"Fn::Join":["-",[["a"]]]}"#, "AlarmName: Fn::Join: the list has an array"),
            (#""AlarmName":{"Fn::Select":[3,["a"]]}"#, "AlarmName: Fn::Select: there is no element 3 in a list of 1"),
            (#""AlarmActions":[{"Fn::Sub":7}]"#, "AlarmActions[0]: Fn::Sub must be a string, or a list"),
            (#""AlarmActions":["${T}"]"#, "AlarmActions[0]: `${T}` is filled in only within Fn::Sub"),
            (#""Alarmname":"x""#, "Alarmname: unknown key of put-metric-alarm; did you mean AlarmName?"),
            (#""AlarmRule":"TRUE""#, "AlarmRule: is allowed only in AWS::CloudWatch::CompositeAlarm"),
        ]
    )
    func refusals(property: String, expected: String) {
        let parameters = #"{"P":{"Type":"String"},"S":{"Type":"AWS::SSM::Parameter::Value<String>","Default":"/k"}}"#
        let found = Self.faults(
            Self.template(Self.resource("A", property + "," + Self.alarm), parameters: parameters)
        )
        #expect(found.contains { $0.hasPrefix("t.json: Resources.A.Properties." + expected) }, "\(found)")
    }

    @Test("all faults in a template's structure are reported together")
    func shape() {
        let text = Self.template(
            [
                #""Fn::ForEach::A":[]"#, #""Fn::Transform":{"Name":"AWS::Include"}"#, #""X":7"#,
                #""Y":{"Properties":{}}"#,
                #""Z":{"Type":"AWS::CloudWatch::Alarm","Condition":"Live"}"#,
                Self.resource("C", #""AlarmName":"c""#, type: "CompositeAlarm"),
                Self.resource("D", #""AlarmName":"d","# + Self.alarm), Self.resource("d", Self.alarm),
            ].joined(separator: ",")
        )
        let found = Self.faults(text)
        for expected in [
            "Resources.Fn::ForEach::A: Fn::ForEach must be [identifier, collection, object]",
            "Resources.Fn::Transform: generates resources, which is not supported here",
            "Resources.X: must be an object, not a number",
            "Resources.Y.Type: is missing",
            "Resources.Z.Properties: is missing", "Resources.C.Properties.AlarmRule: is missing",
            "Resources.d.Properties.AlarmName: the alarm `d` is already in t.json",
        ] {
            #expect(found.contains { $0.hasPrefix("t.json: " + expected) }, "\(expected): \(found)")
        }
        #expect(Self.faults(#"{"Resources":[]}"#) == ["t.json: Resources: must be an object, not an array"])
    }
}
