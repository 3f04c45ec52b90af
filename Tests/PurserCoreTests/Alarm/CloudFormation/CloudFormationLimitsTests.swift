import PurserCore
import Testing

/// What several parts of a template share, and how much a template may ask for.
@Suite struct CloudFormationLimitsTests {
    private static let properties =
        #""Namespace":"N","MetricName":"M","Statistic":"Sum","Period":60,"EvaluationPeriods":3,"Threshold":1,"#
        + #""ComparisonOperator":"GreaterThanThreshold""#

    private static func alarm(_ id: String, _ more: String = "", condition: String? = nil) -> String {
        let condition = condition.map { #""Condition":"\#($0)","# } ?? ""
        return #""\#(id)":{"Type":"AWS::CloudWatch::Alarm",\#(condition)"Properties":{\#(properties)\#(more)}}"#
    }

    private static func content(_ sections: String, _ resources: [String]) throws -> AlarmSet.Content {
        let text = #"{\#(sections)"Resources":{\#(resources.joined(separator: ","))}}"#
        return AlarmSet.content(of: [AlarmFile(name: "t.json", content: try JSONValue(parsing: text))])
    }

    private static func faults(_ content: AlarmSet.Content) -> [String] {
        content.unreadable.flatMap(\.faults).map(\.description)
    }

    @Test("a fault of a condition is reported once, at its own place, and each alarm that uses it names it")
    func sharedFault() throws {
        let content = try Self.content(
            #""Conditions":{"Live":{"Fn::Equals":["a"]}},"#,
            [
                Self.alarm("A", condition: "Live"), Self.alarm("B", condition: "Live"),
                Self.alarm("C", #","ActionsEnabled":{"Fn::If":["Live",true,false]}"#), Self.alarm("D"),
            ]
        )
        #expect(
            Self.faults(content) == [
                "t.json: Conditions.Live: Fn::Equals must be [value, value]",
                "t.json: Resources.A.Condition: the condition `Live` cannot be resolved",
                "t.json: Resources.B.Condition: the condition `Live` cannot be resolved",
                "t.json: Resources.C.Properties.ActionsEnabled: the condition `Live` cannot be resolved",
            ]
        )
        #expect(content.unreadable.map(\.place) == ["Resources.A", "Resources.B", "Resources.C"])
        #expect(content.alarms.map(\.name) == ["D"])
    }

    @Test("a fault of a name is reported where the name is, also if another alarm refers to it first")
    func faultOfName() throws {
        let name = #","AlarmName":{"Fn::If":["Live","a","b"]}"#
        let rule = #""AlarmRule":{"Fn::Sub":"ALARM(\"${A}\")"}"#
        let content = try Self.content(
            #""Conditions":{"Live":{"Fn::Equals":["a"]}},"#,
            [#""Both":{"Type":"AWS::CloudWatch::CompositeAlarm","Properties":{\#(rule)}}"#, Self.alarm("A", name)]
        )
        #expect(
            Self.faults(content) == [
                "t.json: Conditions.Live: Fn::Equals must be [value, value]",
                "t.json: Resources.A.Properties.AlarmName: the condition `Live` cannot be resolved",
            ]
        )
    }

    @Test("a condition is evaluated once, however often others use it")
    func evaluatedOnce() throws {
        // Without a memory, these are two thousand million evaluations.
        let names = (0..<31).map { number in
            #""N\#(number)":{"Fn::And":[{"Condition":"N\#(number + 1)"},{"Condition":"N\#(number + 1)"}]}"#
        }
        let sections = #""Conditions":{\#(names.joined(separator: ",")),"N31":{"Fn::Equals":["a","a"]}},"#
        let content = try Self.content(sections, [Self.alarm("A", condition: "N0")])
        #expect(content.alarms.count == 1, "\(Self.faults(content))")
        let deeper = sections.replacing(
            #"{"Fn::Equals":["a","a"]}"#,
            with: #"{"Condition":"N32"},"N32":{"Condition":"N31"}"#
        )
        let fault = "t.json: Conditions.N32: is more than 32 references away, which is not supported here"
        #expect(Self.faults(try Self.content(deeper, [Self.alarm("A", condition: "N0")])).first == fault)
    }

    @Test("names that repeat each other do not grow beyond the longest text")
    func growingNames() throws {
        var queues = (0..<6).map { number in
            let part = #"{"Fn::GetAtt":["Q\#(number + 1)","QueueName"]}"#
            let name = #"{"Fn::Join":["",[\#(Array(repeating: part, count: 10).joined(separator: ","))]]}"#
            return #""Q\#(number)":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":\#(name)}}"#
        }
        queues.append(#""Q6":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"0123456789"}}"#)
        let user = Self.alarm("A", #","AlarmDescription":{"Fn::GetAtt":["Q0","QueueName"]}"#)
        let content = try Self.content("", queues + [user, Self.alarm("B")])
        let tooLong = "results in more than 65,536 bytes, which is not allowed"
        #expect(
            Self.faults(content) == [
                "t.json: Resources.Q2.Properties.QueueName: " + tooLong,
                "t.json: Resources.Q1.Properties.QueueName: `Q2.QueueName` cannot be resolved",
                "t.json: Resources.Q0.Properties.QueueName: `Q1.QueueName` cannot be resolved",
                "t.json: Resources.A.Properties.AlarmDescription: `Q0.QueueName` cannot be resolved",
            ]
        )
        #expect(content.alarms.map(\.name) == ["B"])
    }

    @Test("a text of functions has at most 65,536 bytes, and those of a template at most 16 MiB together")
    func longTexts() throws {
        let long = String(repeating: "x", count: 65_536)
        let sections = #""Parameters":{"P":{"Type":"String","Default":"\#(long)"}},"#
        let many = (0..<257).map { Self.alarm("A\($0)", #","AlarmDescription":{"Fn::Sub":"${P}"}"#) }
        let found = Self.faults(try Self.content(sections, many))
        #expect(found.count == 257)
        #expect(found.count { $0.contains("more than 16 MiB of text") } == 2)
        for text in [
            #"{"Fn::Sub":"-${P}"}"#, #"{"Fn::Join":["-",["",{"Ref":"P"}]]}"#, #"{"Fn::ToJsonString":{"Ref":"P"}}"#,
        ] {
            let one = Self.faults(try Self.content(sections, [Self.alarm("A", #","AlarmDescription":"# + text)]))
            #expect(one.first?.contains(": results in more than 65,536 bytes") == true, "\(text)")
        }
    }

    @Test("loops may write out 500 resources with the others, and no more")
    func manyResources() throws {
        func loop(_ count: Int) -> String {
            let values = (0..<count).map { #""v\#($0)""# }.joined(separator: ",")
            return #""Fn::ForEach::Each":["It",[\#(values)],{\#(Self.alarm("Of${It}"))}]"#
        }
        let most = try Self.content("", [Self.alarm("A"), loop(499)])
        #expect(most.alarms.count == 500 && most.unreadable.isEmpty)
        let more = try Self.content("", [Self.alarm("A"), loop(500)])
        #expect(more.alarms.map(\.name) == ["A"])
        let fault = "t.json: Resources.Fn::ForEach::Each: results in more than 500 of them, which is not allowed"
        #expect(Self.faults(more) == [fault])
        // Without a loop it is a file of alarms like any other.
        #expect(try Self.content("", (0...500).map { Self.alarm("A\($0)") }).alarms.count == 501)
    }

    @Test("loops within loops are written out, and end with a fault if they result in nothing, but very often")
    func nestedLoops() throws {
        let inner = #"""
            "Fn::ForEach::Inner":["Size",{"Fn::FindInMap":["Sizes",{"Ref":"Shop"},"All"]},{\#(
                Self.alarm("Of${Shop}&{Size}", #","Dimensions":[{"Name":"Size","Value":{"Ref":"Size"}}]"#))}]
            """#
        let sections = #""Mappings":{"Sizes":{"North":{"All":["a-1","b"]},"South":{"All":["c"]}}},"#
        let outer = #""Fn::ForEach::Outer":["Shop",["North","South"],{\#(inner),\#(Self.alarm("All${Shop}"))}]"#
        let content = try Self.content(sections, [outer])
        let names = ["AllNorth", "AllSouth", "OfNortha1", "OfNorthb", "OfSouthc"]
        #expect(content.alarms.map(\.name) == names, "\(Self.faults(content))")
        #expect(content.alarms[2].metricReferences.first?.metric.dimensions == [Dimension("Size", "a-1")])
        let values = (0..<10).map { #""\#($0)""# }.joined(separator: ",")
        let empty = (0..<12).reduce("{}") { body, depth in
            #"{"Fn::ForEach::L\#(depth)":["I\#(depth)",[\#(values)],\#(body)]}"#
        }
        let faults = Self.faults(try Self.content("", [String(empty.dropFirst().dropLast())]))
        #expect(faults.count == 1 && faults[0].contains("result in more than 16 MiB of text"), "\(faults)")
    }

    @Test("a loop may be among conditions and in properties, and its collection needs a value")
    func otherLoops() throws {
        let sections = #"""
            "Parameters":{"Stages":{"Type":"CommaDelimitedList"}},"Conditions":{"Fn::ForEach::Live":["Stage",["Test","Prod"],
            {"Is${Stage}":{"Fn::Equals":["${Stage}","Prod"]}}]},
            """#
        let keys = #","Fn::ForEach::Keys":["Key",["OKActions","AlarmActions"],{"${Key}":[{"Ref":"${Key}Topic"}]}]"#
        let open = #""Fn::ForEach::Stages":["Stage",{"Ref":"Stages"},{\#(Self.alarm("Of${Stage}"))}]"#
        let content = try Self.content(
            sections,
            [Self.alarm("A", condition: "IsTest"), Self.alarm("B", keys, condition: "IsProd"), open]
        )
        #expect(content.alarms.map(\.name) == ["B"] && content.passedOver.count == 1)
        #expect(content.alarms.first?.unfilledActions == ["${OKActionsTopic}", "${AlarmActionsTopic}"])
        let fault =
            "t.json: Resources.Fn::ForEach::Stages: the parameter Stages has no value; give --parameter Stages=VALUE"
        #expect(Self.faults(content) == [fault])
    }

    @Test(
        "a value of functions is limited also if it is a list of lists, so that a small template cannot use all memory"
    )
    func lists() throws {
        func resource(_ number: Int) -> String {
            let next = #"{"Fn::GetAtt":["R\#(number + 1)","X"]}"#
            return #""R\#(number)":{"Type":"AWS::S3::Bucket","Properties":{"X":[\#(next),\#(next)]}}"#
        }
        let resources = (0..<30).map(resource).joined(separator: ",")
        let text = #"""
            {"Resources":{\#(resources),"R30":{"Type":"AWS::S3::Bucket","Properties":{"X":"x"}},
            "A":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Namespace":"N","MetricName":"M","Statistic":"Sum",
            "Period":60,"EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold",
            "Dimensions":{"Fn::GetAtt":["R0","X"]}}}}}
            """#
        let content = AlarmSet.content(of: [AlarmFile(name: "t.json", content: try JSONValue(parsing: text))])
        #expect(content.alarms.isEmpty && content.unreadable.map(\.name) == ["A"])
        #expect(content.unreadable.lines.contains { $0.contains("results in more than 65,536 bytes") })
    }
}
