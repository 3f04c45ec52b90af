import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct AlarmsExportCommandTests {
    @Test("an exported template is read back as the same alarms, and no store is needed")
    func template() throws {
        let folder = try TemporaryFolder()
        let alarms = folder.path("alarms")
        try FileManager.default.createDirectory(atPath: alarms, withIntermediateDirectories: true)
        let purser = PurserProgram(store: folder.path("none.db"))
        let template = try purser.run("alarms", "export", "--to", "cloudformation")
        #expect(template.status == 0 && template.errors.isEmpty, "\(template.errors)")
        for name in ["a.json", "a.yaml", "a.yml"] {
            let path = alarms + "/" + name
            try template.output.write(toFile: path, atomically: true, encoding: .utf8)
            let again = try purser.run("--alarms", alarms, "alarms", "export", "--to", "cloudformation")
            #expect(again == template)
            try FileManager.default.removeItem(atPath: path)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("none.db")))
    }

    @Test("faults in a YAML file are reported along with those in other files; a template without alarms is a warning")
    func faults() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram()
        func run(_ files: [String: String], _ more: String = "") throws -> PurserProgram.Result {
            let alarms = folder.path(UUID().uuidString)
            try FileManager.default.createDirectory(atPath: alarms, withIntermediateDirectories: true)
            for (name, text) in files {
                try text.write(toFile: alarms + "/" + name, atomically: true, encoding: .utf8)
            }
            return try purser.shell(
                "cd '\(alarms)' && \"$PURSER\" --alarms . \(more) alarms export --to put-metric-alarm"
            )
        }
        let alarm = "Type: AWS::CloudWatch::Alarm\n    Properties: {AlarmActions: [!GetAZs T]}\n"
        let both = try run(["a.yml": "a: &x 1\n", "b.yaml": "Resources:\n  A:\n    " + alarm, "c.json": "{"])
        #expect(both.status == 3 && both.output.isEmpty)
        for line in [
            "./a.yml: line 1, column 4: anchors", "./c.json: line 1, column 2",
            "./b.yaml: Resources.A.Properties.AlarmActions[0]: Fn::GetAZs is not supported here",
        ] {
            #expect(both.errors.contains("purser: " + line), "\(both.errors)")
        }
        let none = try run(["t.yaml": "Resources: {T: {Type: AWS::SNS::Topic}}\n"])
        #expect(none.status == 0 && none.errors.contains(".: its files hold no alarm, so nothing is watched"))
        let unknown = try run(["t.yaml": "Resources: {T: {Type: AWS::SNS::Topic}}\n"], "--parameter A=1")
        #expect(unknown.status == 64 && unknown.errors.contains("no alarm file uses a parameter ${A}"))
    }

    @Test("lock files of editors and hidden files are skipped, extensions may be in capitals, and text must be UTF-8")
    func folders() throws {
        let folder = try TemporaryFolder()
        let alarms = folder.path("alarms")
        try FileManager.default.createDirectory(atPath: alarms, withIntermediateDirectories: true)
        let alarm = """
            {"AlarmName": "a", "Namespace": "N", "MetricName": "M", "Statistic": "Sum", "Period": 60,
             "EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold"}
            """
        try alarm.write(toFile: alarms + "/a.JSON", atomically: true, encoding: .utf8)
        try "{".write(toFile: alarms + "/.b.json", atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: alarms + "/.#c.yaml", withDestinationPath: "me@host.1")
        let purser = PurserProgram()
        let one = try purser.run("--alarms", alarms, "alarms", "export", "--to", "put-metric-alarm")
        #expect(one.status == 0 && one.output.split(separator: "\n").count == 1, "\(one.errors)")
        try Data([0x7b, 0xe9, 0x7d]).write(to: URL(fileURLWithPath: alarms + "/latin.json"))
        let latin = try purser.run("--alarms", alarms, "alarms", "lint")
        #expect(
            latin.status == 3 && latin.output.contains("alarms/latin.json: is not UTF-8 text"),
            "\(latin)"
        )
    }

    @Test("alarms that a format cannot express are reported on stderr, and stdout has only the result")
    func messages() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let rules = try purser.run("alarms", "export", "--to", "prometheus-rules")
        #expect(
            rules.status == 0 && rules.output.hasPrefix("# Alarms") && !rules.output.contains("alert: \"month-cost\"")
        )
        #expect(
            rules.errors.contains("purser: not exported: month-cost: ") && rules.output.contains("# - month-cost: ")
        )
        let inputs = try purser.run("alarms", "export", "--to", "put-metric-alarm")
        #expect(inputs.output.split(separator: "\n").count == 20)
        #expect(
            inputs.errors.contains("budget-used-up has actions without a value, which CloudWatch refuses: ${TopicArn}")
        )
        let topic = "TopicArn=arn:aws:sns:us-east-1:111122223333:oncall"
        let one = try purser.run("alarms", "export", "error-rate", "--to", "put-metric-alarm", "--parameter", topic)
        #expect(one.errors.isEmpty)
        #expect(try JSONValue(parsing: one.output)["AlarmName"] == "error-rate")
        #expect(one.output.hasPrefix("{\n"))
        let missing = try purser.run("alarms", "export", "nothing", "--to", "put-metric-alarm")
        #expect(missing.status == 64 && missing.errors.contains("no alarm `nothing`; the alarms are budget-used-up"))
        #expect(try purser.run("alarms", "export").status == 64)
    }

    @Test("rules exclude the series with dimensions that the store knows")
    func knownDimensions() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let datum = #"{"MetricName":"M","Value":1,"Unit":"Count","Dimensions":[{"Name":"HostName","Value":"a"}]}"#
        #expect(try purser.run("metrics", "put", input: #"{"Namespace":"App","MetricData":[\#(datum)]}"#).status == 0)
        let alarm = #"""
            {"AlarmName":"a","Namespace":"App","MetricName":"M","Statistic":"Sum","Unit":"Count","Period":60,"EvaluationPeriods":1,
             "Threshold":1,"ComparisonOperator":"GreaterThanThreshold"}
            """#
        try FileManager.default.createDirectory(atPath: folder.path("alarms"), withIntermediateDirectories: true)
        try alarm.write(toFile: folder.path("alarms/a.json"), atomically: true, encoding: .utf8)
        let rules = try purser.run("--alarms", folder.path("alarms"), "alarms", "export", "--to", "prometheus-rules")
        #expect(rules.output.contains(#"increase(app_m_total{host_name=\"\"}[60s])"#), "\(rules)")
    }
}
