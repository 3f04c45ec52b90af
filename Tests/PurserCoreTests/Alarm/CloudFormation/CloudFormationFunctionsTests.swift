import PurserCore
import Testing

/// Templates as people write them: functions of functions, conditions, and names that only a stack knows.
@Suite struct CloudFormationFunctionsTests {
    private static let rest =
        #""MetricName":"M","Statistic":"Sum","Period":60,"EvaluationPeriods":3,"#
        + #""ComparisonOperator":"GreaterThanThreshold""#

    private static let sections = #"""
        "Parameters":{"Stage":{"Type":"String"},"Size":{"Type":"String","Default":"big"},
        "Shops":{"Type":"CommaDelimitedList","Default":"north, south"},"Limit":{"Type":"Number"},
        "Topic":{"Type":"String","Default":""}},
        "Mappings":{"Limits":{"us-east-1":{"Ovens":3},"standard":{"Ovens":5}}},
        "Conditions":{"IsProd":{"Fn::Equals":[{"Ref":"Stage"},"prod"]},"IsBig":{"Fn::Equals":[{"Ref":"Size"},"big"]},
        "HasTopic":{"Fn::Not":[{"Fn::Equals":[{"Ref":"Topic"},""]}]},
        "Both":{"Fn::And":[{"Condition":"IsProd"},{"Condition":"IsBig"}]},
        "Either":{"Fn::Or":[{"Condition":"IsProd"},{"Condition":"IsBig"}]},"Circle":{"Condition":"Circle"}}
        """#

    private static let queue =
        #""Orders":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":{"Fn::Sub":"o-${Stage}"}}},"#
        + #""Cook":{"Type":"AWS::Lambda::Function","Properties":{"FunctionName":"cook"}}"#

    private static func content(
        _ properties: String,
        condition: String? = nil,
        more: String = "",
        _ parameters: [String: String] = [:]
    ) throws -> AlarmSet.Content {
        let condition = condition.map { #""Condition":"\#($0)","# } ?? ""
        let alarm = #""A":{"Type":"AWS::CloudWatch::Alarm",\#(condition)"Properties":{\#(properties),\#(rest)}}"#
        let text = #"{\#(sections),"Resources":{\#(queue),\#(alarm)\#(more)}}"#
        let file = AlarmFile(name: "t.json", content: try JSONValue(parsing: text))
        return AlarmSet.content(of: [file], parameters: parameters)
    }

    private static func faults(_ content: AlarmSet.Content) -> [String] {
        content.unreadable.flatMap(\.faults).map(\.description)
    }

    @Test(
        "every function gives the value that CloudFormation gives it",
        arguments: [
            (#"{"Fn::Join":["-",["a",{"Ref":"Size"},1]]}"#, "a-big-1"),
            (#"{"Fn::Select":["1",{"Ref":"Shops"}]}"#, "south"),
            (#"{"Fn::Select":[2,{"Fn::Split":["/","a/b/last"]}]}"#, "last"),
            (#"{"Fn::Join":["",{"Fn::Split":[",","a,b"]}]}"#, "ab"),
            (#"{"Fn::Sub":["${Which}-${Size}",{"Which":{"Fn::Select":[0,{"Ref":"Shops"}]}}]}"#, "north-big"),
            (#"{"Fn::FindInMap":["Limits",{"Ref":"AWS::Region"},"Ovens"]}"#, "3"),
            (#"{"Fn::FindInMap":["Limits","x","Ovens",{"DefaultValue":{"Ref":"Size"}}]}"#, "big"),
            (#"{"Fn::If":["IsBig",{"Fn::Sub":"${AWS::Region}"},"x"]}"#, "us-east-1"),
            (#"{"Fn::If":["HasTopic","x","y"]}"#, "y"), (#"{"Fn::If":["Either","x","y"]}"#, "x"),
            (#"{"Fn::GetAtt":["Given","Attribute.Inner"]}"#, "value"),
            (#"{"Fn::GetAtt":"Orders.QueueName"}"#, "o-test"),
            (#"{"Fn::ImportValue":{"Fn::Sub":"${Size}-export"}}"#, "imported"),
            (#"{"Fn::Sub":"arn:${AWS::Partition}:s3:::${Given.Attribute.Inner}"}"#, "arn:aws:s3:::value"),
            (#"{"Fn::Length":{"Ref":"Shops"}}"#, "2"), (#"{"Fn::ToJsonString":{"a":{"Ref":"Size"}}}"#, #"{"a":"big"}"#),
        ]
    )
    func values(function: String, expected: String) throws {
        let given = [
            "AWS::Region": "us-east-1", "Given.Attribute.Inner": "value", "big-export": "imported", "Stage": "test",
        ]
        let content = try Self.content(#""Namespace":"N","Threshold":1,"AlarmDescription":\#(function)"#, given)
        #expect(content.alarms.first?.alarmDescription == expected, "\(Self.faults(content))")
    }

    @Test(
        "what only the stack knows leaves an action without a topic",
        arguments: [
            #"{"Ref":"Stage"}"#, #"{"Ref":"Own"}"#, #"{"Fn::GetAtt":["Own","TopicArn"]}"#,
            #"{"Fn::ImportValue":"team:topic-x"}"#,
            #"{"Fn::ImportValue":{"Fn::Sub":"${AWS::StackName}-topic"}}"#, #"{"Ref":"Topic"}"#,
            #"{"Fn::Join":[":",["arn:aws:sns",{"Ref":"AWS::Region"},"1:x"]]}"#, #"{"Fn::Select":[0,{"Ref":"Own"}]}"#,
            #"{"Fn::If":["IsProd","arn:aws:sns:us-east-1:111122223333:a","arn:aws:sns:us-east-1:111122223333:b"]}"#,
            #""{{resolve:ssm:/topics/x}}""#, #"{"Fn::Sub":"{{resolve:ssm:/${Stage}/x}}"}"#,
            #"{"Ref":"Orders"}"#, #"{"Ref":"Cook"}"#, #"{"Fn::GetAtt":["Cook","Arn"]}"#,
        ]
    )
    func unfilledActions(action: String) throws {
        let content = try Self.content(#""Namespace":"N","Threshold":1,"AlarmActions":[\#(action)]"#)
        #expect(content.alarms.first?.unfilledActions.count == 1, "\(Self.faults(content))")
        #expect(content.unwatched.isEmpty)
    }

    @Test("a dynamic reference may be given by its name")
    func dynamicReference() throws {
        let topic = "arn:aws:sns:us-east-1:111122223333:a"
        let content = try Self.content(
            #""Namespace":"N","Threshold":1,"AlarmActions":["{{resolve:ssm:/topics/x}}"]"#,
            ["resolve:ssm:/topics/x": topic]
        )
        #expect(content.alarms.first?.actions.alarm == [topic])
    }

    @Test("elements of a list that a condition leaves out are left out, of actions, dimensions, metrics and tags")
    func elementsLeftOut() throws {
        func perhaps(_ condition: String, _ value: String) -> String {
            #"{"Fn::If":["\#(condition)",\#(value),{"Ref":"AWS::NoValue"}]}"#
        }
        let topic = #""arn:aws:sns:us-east-1:111122223333:a""#
        let dimensions = [
            perhaps("HasTopic", #"{"Name":"A","Value":"a"}"#), perhaps("IsBig", #"{"Name":"B","Value":"b"}"#),
        ]
        let content = try Self.content(
            #"""
            "Namespace":"N","Threshold":1,"AlarmActions":[\#(perhaps("IsBig", topic)),\#(perhaps("HasTopic", topic))],
            "Dimensions":[\#(dimensions.joined(separator: ","))],"Tags":[\#(perhaps("HasTopic", #"{"Key":"k","Value":"v"}"#))]
            """#
        )
        let alarm = try #require(content.alarms.first, "\(Self.faults(content))")
        #expect(alarm.actions.alarm.count == 1 && alarm.tags.isEmpty)
        #expect(alarm.metricReferences.first?.metric.dimensions == [Dimension("B", "b")])
        let query = #"{"Id":"a","MetricStat":{"Metric":{"Namespace":"N","MetricName":"M"},"Period":60,"Stat":"Sum"}}"#
        let text = #"""
            {\#(Self.sections),"Resources":{"A":{"Type":"AWS::CloudWatch::Alarm","Properties":{"EvaluationPeriods":1,"Threshold":1,
            "ComparisonOperator":"GreaterThanThreshold","Metrics":[\#(query),\#(perhaps("HasTopic", query))]}}}}
            """#
        let math = AlarmSet.content(of: [AlarmFile(name: "t.json", content: try JSONValue(parsing: text))])
        #expect(math.alarms.first?.metricReferences.count == 1, "\(Self.faults(math))")
    }

    @Test(
        "a function that is not supported is named, and only its alarm cannot be read",
        arguments: [
            (
                #""AlarmDescription":{"Fn::Base64":"x"}"#,
                ".AlarmDescription: Fn::Base64 is not supported here; supported:"
            ),
            (#""Dimensions":[{"Name":"Zone","Value":{"Fn::Select":[0,{"Fn::GetAZs":""}]}}]"#, ": Fn::GetAZs is not"),
            (
                #""AlarmDescription":{"Fn::Select":[0,{"Fn::Cidr":["10.0.0.0/8",2]}]}"#,
                ".AlarmDescription: Fn::Cidr is not"
            ),
            (
                #""Fn::Transform":{"Name":"AWS::Include"}"#,
                ".Properties: Fn::Transform is not supported here beside other"
            ),
            (#""Tags":[{"Fn::Transform":{"Name":"AWS::Include"}}]"#, ".Tags[0]: Fn::Transform is not supported here"),
        ]
    )
    func unsupported(property: String, expected: String) throws {
        let other =
            #","B":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Namespace":"N","Threshold":1,\#(Self.rest)}}"#
        let content = try Self.content(#""Namespace":"N","Threshold":1,"# + property, more: other)
        #expect(content.alarms.map(\.name) == ["B"])
        #expect(
            Self.faults(content).count == 1 && Self.faults(content)[0].contains(expected),
            "\(Self.faults(content))"
        )
    }

    @Test("a label has names without a value as plain text, whether it refers to them or to a name that does")
    func labels() throws {
        for (label, expected) in [
            (#"{"Ref":"Stage"}"#, "Stage"), (#"{"Fn::GetAtt":["Orders","QueueName"]}"#, "o-Stage"),
            (#"{"Fn::Join":[" ",[{"Fn::GetAtt":["Orders","QueueName"]},"${LAST}"]]}"#, "o-Stage ${LAST}"),
            (#"{"Fn::Select":[1,{"Fn::Split":["-",{"Ref":"Stage"}]}]}"#, "Stage"), (#""${MAX}""#, "${MAX}"),
        ] {
            let text = #"""
                {\#(Self.sections),"Resources":{\#(Self.queue),"A":{"Type":"AWS::CloudWatch::Alarm","Properties":{
                "EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold","Metrics":[{"Id":"a","Label":
                \#(label),"MetricStat":{"Metric":{"Namespace":"N","MetricName":"M"},"Period":60,"Stat":"Sum"}}]}}}}
                """#
            let content = AlarmSet.content(of: [AlarmFile(name: "t.json", content: try JSONValue(parsing: text))])
            let alarm = try #require(content.alarms.first, "\(Self.faults(content))")
            #expect(alarm.canonicalJSON.contains(#""Label":"\#(expected)""#), "\(alarm.canonicalJSON)")
        }
    }

    @Test("the flags for an unfilled action name its parameters")
    func flags() throws {
        let content = try Self.content(
            #"""
            "Namespace":"N","Threshold":1,"AlarmActions":[{"Ref":"Topic"},{"Fn::GetAtt":["Own","TopicArn"]},
            {"Fn::Sub":"arn:aws:sns:${AWS::Region}:${AWS::AccountId}:a"}],"OKActions":[{"Ref":"Topic"}]
            """#
        )
        let alarm = try #require(content.alarms.first)
        let expected = ["Topic=ARN", "Own.TopicArn=ARN", "AWS::Region=VALUE", "AWS::AccountId=VALUE"]
        #expect(Set(UnfilledAction.flags(alarm.unfilledActions)) == Set(expected.map { "--parameter " + $0 }))
        #expect(UnfilledAction.flags(alarm.unfilledActions).count == expected.count)
    }

    @Test("an action may be one value instead of a list, also one that a condition chooses")
    func oneAction() throws {
        for action in [#"{"Ref":"Own"}"#, #"{"Fn::If":["HasTopic",[{"Ref":"Topic"}],{"Ref":"AWS::NoValue"}]}"#] {
            let content = try Self.content(#""Namespace":"N","Threshold":1,"AlarmActions":\#(action)"#)
            #expect(content.alarms.count == 1, "\(Self.faults(content))")
        }
    }

    @Test("an alarm whose metric needs a name without a value is read, and not watched until it is given")
    func unwatched() throws {
        let metric = #"""
            "Namespace":"AWS/SQS","Threshold":1,"Dimensions":[{"Name":"QueueName","Value":{"Fn::GetAtt":["Orders","QueueName"]}}]
            """#
        let content = try Self.content(metric)
        #expect(content.alarms.map(\.missingParameters) == [["Stage"]] && content.unreadable.isEmpty)
        #expect(
            content.unwatched.flatMap(\.faults).map(\.description) == [
                "t.json: Resources.A.Properties: the alarm `A` is not watched until it has --parameter Stage=VALUE"
            ]
        )
        for given in [["Stage": "test"], ["Orders.QueueName": "o-test"]] {
            let filled = try Self.content(metric, given)
            #expect(filled.unwatched.isEmpty)
            #expect(
                filled.alarms.first?.metricReferences.first?.metric.dimensions == [Dimension("QueueName", "o-test")]
            )
        }
    }

    @Test("an empty default in a dimension, and an unknown ActionsEnabled, are names without a value; a tag may be one")
    func otherUnfilled() throws {
        for (properties, expected) in [
            (#""Dimensions":[{"Name":"D","Value":{"Ref":"Topic"}}]"#, ["Topic"]),
            (#""ActionsEnabled":{"Fn::If":["IsProd",true,false]}"#, ["Stage"]),
            (#""Tags":[{"Key":"k","Value":{"Ref":"Stage"}}]"#, []),
        ] {
            let content = try Self.content(#""Namespace":"N","Threshold":1,"# + properties)
            #expect(content.alarms.map(\.missingParameters) == [expected], "\(Self.faults(content))")
        }
        let suffix = #""Dimensions":[{"Name":"D","Value":{"Fn::Sub":"d${Topic}"}}]"#
        #expect(try Self.content(#""Namespace":"N","Threshold":1,"# + suffix).alarms.first?.missingParameters == [])
    }

    @Test("a number without a value is a fault that names the parameter")
    func numbers() throws {
        let content = try Self.content(#""Namespace":"N","Threshold":{"Ref":"Limit"}"#)
        #expect(
            Self.faults(content) == [
                "t.json: Resources.A.Properties.Threshold: the parameter Limit has no value; give --parameter Limit=VALUE"
            ]
        )
        let chosen = try Self.content(#""Namespace":"N","Threshold":{"Fn::If":["Both",1,2]}"#)
        #expect(Self.faults(chosen).first?.contains("--parameter Stage=VALUE") == true)
        let given = try Self.content(#""Namespace":"N","Threshold":{"Fn::If":["Both",1,2]}"#, ["Stage": "prod"])
        #expect(given.alarms.first?.condition?.threshold == 1)
    }

    @Test("an alarm whose condition is false is left out, and one whose condition is not known is not watched")
    func conditions() throws {
        let properties = #""Namespace":"N","Threshold":1"#
        let out = try Self.content(properties, condition: "IsProd", ["Stage": "test"])
        #expect(out.alarms.isEmpty && out.unreadable.isEmpty)
        #expect(out.passedOver.map(\.description) == ["t.json: Resources.A: left out: its condition `IsProd` is false"])
        let unknown = try Self.content(properties, condition: "Both")
        #expect(unknown.alarms.map(\.missingParameters) == [["Stage"]] && unknown.unwatched.count == 1)
        let known = try Self.content(properties, condition: "Both", ["Stage": "prod"])
        #expect(known.alarms.map(\.missingParameters) == [[]])
        let circle = Self.faults(try Self.content(properties, condition: "Circle"))
        #expect(
            circle == [
                "t.json: Conditions.Circle: the condition `Circle` refers to itself",
                "t.json: Resources.A.Condition: the condition `Circle` cannot be resolved",
            ]
        )
        // A part of a template may use a condition that it does not define.
        for (given, expected) in [([:], [["Elsewhere"]]), (["Elsewhere": "true"], [[]]), (["Elsewhere": "false"], [])] {
            let part = try Self.content(properties, condition: "Elsewhere", given)
            #expect(part.alarms.map(\.missingParameters) == expected && part.unreadable.isEmpty)
        }
    }

    @Test("a rule of joined attributes names the alarms, by ARN if the Region and the account are known")
    func compositeByARN() throws {
        let rule = #"""
            ,"Both":{"Type":"AWS::CloudWatch::CompositeAlarm","Properties":{"AlarmRule":{"Fn::Join":["",
            ["ALARM(\"",{"Fn::GetAtt":["A","Arn"]},"\") OR OK(\"",{"Ref":"A"},"\")"]]}}}
            """#
        let content = try Self.content(#""Namespace":"N","Threshold":1"#, more: rule)
        #expect(content.alarms.map(\.alarmReferences) == [[], ["A"]], "\(Self.faults(content))")
        let home = ["AWS::Region": "eu-west-1", "AWS::AccountId": "111122223333"]
        let placed = try Self.content(#""Namespace":"N","Threshold":1"#, more: rule, home)
        #expect(placed.alarms.last?.alarmReferences == ["A"])
        #expect(placed.alarms.last?.canonicalJSON.contains("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:A") == true)
    }

    @Test("a loop over resources is written out")
    func loops() throws {
        let loop = #"""
            ,"Fn::ForEach::Shops":["Shop",{"Ref":"Shops"},{"Of${Shop}":{"Type":"AWS::CloudWatch::Alarm","Properties":{
            "Namespace":"N","Threshold":1,"Dimensions":[{"Name":"Shop","Value":{"Ref":"Shop"}}],\#(Self.rest)}}}]
            """#
        let content = try Self.content(#""Namespace":"N","Threshold":1"#, more: loop)
        #expect(content.alarms.map(\.name) == ["A", "Ofnorth", "Ofsouth"], "\(Self.faults(content))")
        #expect(content.alarms.last?.metricReferences.first?.metric.dimensions == [Dimension("Shop", "south")])
    }

    @Test("kinds of alarms that are not watched are one note each")
    func otherKinds() throws {
        let others = #"""
            ,"Quiet":{"Type":"AWS::CloudWatch::AlarmMuteRule","Properties":{}},"Logs":{"Type":"AWS::CloudWatch::LogAlarm"}
            """#
        let content = try Self.content(#""Namespace":"N","Threshold":1"#, more: others)
        #expect(content.passedOver.map(\.key) == ["Resources.Quiet", "Resources.Logs"] && content.unreadable.isEmpty)
        let query = AlarmFile(
            name: "p.json",
            content: ["AlarmName": "p", "EvaluationCriteria": [], "EvaluationInterval": 60]
        )
        let other = AlarmSet.content(of: [query])
        #expect(other.passedOver.map(\.file) == ["p.json"] && other.unreadable.isEmpty)
    }
}
