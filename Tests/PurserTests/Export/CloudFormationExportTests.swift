import Purser
import PurserCore
import PurserImport
import PurserRender
import TestSupport
import Testing

private struct Faults: Decodable {
    let faults: [String]
}

@Suite(.blocking) struct CloudFormationExportTests {
    private static func readAgain(_ template: JSONValue, _ parameters: [String: String] = [:]) throws
        -> [AlarmDefinition]
    {
        try TestAlarms.read([AlarmFile(name: "t.json", content: template)], parameters: parameters)
    }

    @Test("alarms read back from their template are equal, whatever they contain")
    func roundTrip() throws {
        var random = TestRandom(2_611)
        for round in 0..<60 {
            var alarms: [AlarmDefinition] = []
            for number in 0..<4 {
                alarms.append(try AlarmExportFixture.random("alarm \(number)/ä\(round)", using: &random))
            }
            let quoted = #"ALARM("\#(alarms[0].name)") OR OK("\#(alarms[2].name)")"#
            let rule = JSONValue.object([.init("AlarmName", "both"), .init("AlarmRule", .string(quoted))])
            alarms.append(try AlarmExportFixture.read(rule.text()))
            let template = try CloudFormationExport.template(alarms)
            #expect(try Self.readAgain(template) == alarms)
            // JSON is also YAML, and both readers must return the same value.
            #expect(try JSONValue.documents(yaml: template.text(indented: true)).map(\.value) == [template])
        }
    }

    @Test("an unfilled value becomes a template parameter, and setting the parameter fills the value in everywhere")
    func parameters() throws {
        let json = #"""
            {"AlarmName":"a","Namespace":"N","MetricName":"M","Statistic":"Sum","Period":60,"EvaluationPeriods":1,"Threshold":1,
             "ComparisonOperator":"GreaterThanThreshold","AlarmActions":["${topic_arn}","arn:aws:sns:${Region}:1:${!x}-${a b}"]}
            """#
        let alarm = try AlarmExportFixture.read(json.replacing(#","arn:aws:sns:${Region}:1:${!x}-${a b}""#, with: ""))
        let template = try CloudFormationExport.template([alarm])
        #expect(template["Parameters"] == ["TopicArn": ["Type": "String"]])
        #expect(template["Resources"]?["A"]?["Properties"]?["AlarmActions"] == [["Ref": "TopicArn"]])
        let topic = AlarmExportFixture.topic
        #expect(try Self.readAgain(template, ["TopicArn": topic]).first?.actions.alarm == [topic])
        let mixed = try CloudFormationExport.template([try AlarmExportFixture.read(json)])
        #expect(
            mixed["Resources"]?["A"]?["Properties"]?["AlarmActions"]?.array?.last
                == ["Fn::Sub": "arn:aws:sns:${Region}:1:${!!x}-${!a b}"]
        )
    }

    @Test("a name without a value in a metric or a tag becomes a parameter; a description and a label keep theirs")
    func unfilledNames() throws {
        let alarm = try AlarmExportFixture.read(
            #"""
            {"AlarmName":"a","AlarmDescription":"in ${Stage}","Tags":[{"Key":"stage","Value":"${Stage}"}],"EvaluationPeriods":1,
            "Threshold":1,"ComparisonOperator":"GreaterThanThreshold","Metrics":[{"Id":"m","Label":"${LAST}","MetricStat":{
            "Period":60,"Stat":"Sum","Metric":{"Namespace":"N","MetricName":"M","Dimensions":[{"Name":"QueueName",
            "Value":"q-${Orders.QueueName}"}]}}}]}
            """#
        )
        let template = try CloudFormationExport.template([alarm])
        #expect(template["Parameters"]?.members?.map(\.key) == ["OrdersQueueName", "Stage"])
        let text = template.text()
        #expect(text.contains(#"{"Fn::Sub":"q-${OrdersQueueName}"}"#) && text.contains(#""Value":{"Ref":"Stage"}"#))
        #expect(text.contains(#""AlarmDescription":"in ${Stage}""#) && text.contains(#""Label":"${LAST}""#))
        // Pseudo parameters and dynamic references are CloudFormation's own.
        let own = try AlarmExportFixture.read(
            #"""
            {"AlarmName":"a","AlarmActions":["${resolve:ssm:/topic}"],"Namespace":"${AWS::StackName}","MetricName":"M",
            "Statistic":"Sum","Period":60,"EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold"}
            """#
        )
        let ownTemplate = try CloudFormationExport.template([own])
        #expect(ownTemplate["Parameters"] == nil && ownTemplate.text().contains(#"{"Ref":"AWS::StackName"}"#))
        #expect(ownTemplate.text().contains(#""AlarmActions":["{{resolve:ssm:/topic}}"]"#))
        #expect(try Self.readAgain(ownTemplate) == [own])
        let filled = try Self.readAgain(template, ["OrdersQueueName": "x", "Stage": "prod"])
        #expect(filled.first?.missingParameters == [])
    }

    @Test("logical ids consist of letters and digits, are unique, and are the same in every export")
    func logicalIds() throws {
        let alarms = try ["error-rate", "error_rate", "ErrorRate", "9 lives", "é", "ü", "TopicArn"].map { name in
            let json = JSONValue.object([.init("AlarmName", .string(name)), .init("AlarmRule", "TRUE")])
            return try AlarmExportFixture.read(json.text())
        }
        let template = try CloudFormationExport.template(alarms + [try AlarmExportFixture.composite()])
        let ids = template["Resources"]?.members?.map(\.key)
        #expect(
            ids == ["9Lives", "ErrorRate", "TopicArn2", "ChatIsIll", "ErrorRate2", "ErrorRate3", "Alarm", "Alarm2"]
        )
        #expect(template == (try CloudFormationExport.template(alarms.reversed() + [AlarmExportFixture.composite()])))
    }

    @Test("a composite alarm depends on each of its alarms that is in the template")
    func dependencies() throws {
        let template = try CloudFormationExport.template(
            try AlarmExportFixture.shipped() + [AlarmExportFixture.composite()]
        )
        let composite = template["Resources"]?["ChatIsIll"]
        #expect(composite?["DependsOn"] == ["ErrorRate", "LatencyP99", "MonthCost"])
        #expect(composite?["Type"] == "AWS::CloudWatch::CompositeAlarm")
        let alone = try CloudFormationExport.template([AlarmExportFixture.composite()])
        #expect(alone["Resources"]?["ChatIsIll"]?["DependsOn"] == nil)
    }

    @Test(
        "the AWS CLI accepts every alarm, and cfn-lint accepts the template with all of them without a warning",
        .needsPeers
    )
    func peers() throws {
        let peer = try PeerProcess.shared("alarm_formats.py")
        func faults(_ command: String, _ text: String) throws -> [String] {
            try peer.ask(["command": .string(command), "text": .string(text)], for: Faults.self).faults
        }
        #expect(try faults("put-metric-alarm", #"{"AlarmName":"x","Frob":1}"#).first?.contains("Frob") == true)
        let broken = #"{"Resources":{"A":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Frob":1}}}}"#
        #expect(try faults("cfn-lint", broken).isEmpty == false)

        let metricAlarms = try AlarmExportFixture.shipped() + [try AlarmExportFixture.anomaly()]
        for file in EmbeddedFile.all(in: "alarms") where AlarmSet.holdsAlarms(file.path) {
            let command = file.text.contains("\"AlarmRule\"") ? "put-composite-alarm" : "put-metric-alarm"
            #expect(try faults(command, file.text) == [], "\(file.path)")
        }
        for alarm in metricAlarms {
            let text = try PutMetricAlarmLines.text([alarm], isIndented: true)
            let command = alarm.condition != nil ? "put-metric-alarm" : "put-composite-alarm"
            #expect(try faults(command, text) == [], "\(alarm.name)")
        }
        let composite = try AlarmExportFixture.composite()
        let text = try PutMetricAlarmLines.text([composite], isIndented: false)
        #expect(try faults("put-composite-alarm", text) == [])
        // CloudWatch's own ${…} in a label, and an action that is only partly filled in.
        let labelled = try AlarmExportFixture.read(
            #"""
            {"AlarmName":"labelled","EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold",
             "AlarmActions":["arn:aws:sns:${Region}:111122223333:oncall"],"Metrics":[{"Id":"m","Label":"${LAST} ${PROP('Dim.A')}",
             "MetricStat":{"Metric":{"Namespace":"App","MetricName":"M"},"Period":60,"Stat":"Sum"}}]}
            """#
        )
        let template = try CloudFormationExport.template(metricAlarms + [composite, labelled])
        #expect(try faults("cfn-lint", template.text(indented: true)) == [])
    }
}
