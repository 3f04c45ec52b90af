import Foundation
import PurserCore
import TestSupport
import Testing

/// A folder in which one alarm cannot be read.
@Suite(.blocking, .startsPrograms) struct UnreadableAlarmsTests {
    private static func alarm(_ name: String, period: String = "Period") -> String {
        #"""
        {"AlarmName":"\#(name)","Namespace":"App","MetricName":"M","Statistic":"Maximum","\#(period)":60,"EvaluationPeriods":1,
        "Threshold":3,"ComparisonOperator":"GreaterThanThreshold","TreatMissingData":"breaching"}
        """#
    }

    private static func write(_ text: String, _ folder: TemporaryFolder, _ name: String) throws {
        try text.write(toFile: folder.path("alarms/" + name), atomically: true, encoding: .utf8)
    }

    private static func program(_ folder: TemporaryFolder) throws -> PurserProgram {
        try FileManager.default.createDirectory(atPath: folder.path("alarms"), withIntermediateDirectories: true)
        let purser = PurserProgram(
            store: folder.path("purser.db"),
            environment: ["PURSER_ALARMS": folder.path("alarms")]
        )
        let datum = #"{"Namespace":"App","MetricData":[{"MetricName":"M","Value":9}]}"#
        try #require(try purser.run("metrics", "put", input: datum).status == 0)
        return purser
    }

    @Test("the other alarms are evaluated and shown, the verdict counts the bad one, and its state is kept")
    func others() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.program(folder)
        try Self.write(Self.alarm("good"), folder, "good.json")
        try Self.write(Self.alarm("bad"), folder, "bad.json")
        #expect(try purser.run("evaluate").status == 2)
        try Self.write(Self.alarm("bad", period: "Perriod"), folder, "bad.json")
        let fault = "purser: \(folder.path("alarms/bad.json")): bad: Perriod: unknown key of put-metric-alarm"

        let dry = try purser.run("evaluate", "--dry-run")
        #expect(dry.status == 3 && dry.errors.contains(fault), "\(dry)")
        #expect(dry.output.contains("1 alarm unreadable") && dry.output.contains("good"))
        let json = try JSONValue(parsing: try purser.run("evaluate", "--dry-run", "--format", "json").output)
        let row = json["unreadable"]?.array?.first
        #expect(row?["key"] == "Perriod" && row?["name"] == "bad")
        for command in [
            ["alarms", "list"], ["alarms", "show", "good"], ["alarms", "export", "--to", "cloudformation"],
        ] {
            let result = try purser.run(command)
            #expect(result.status == 3 && result.output.contains("good"), "\(command): \(result)")
            #expect(result.errors.contains(fault))
        }
        let rows = try purser.run("alarms", "list").output.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows.map { $0.prefix(2) } == [["ALARM", "good"], ["unreadable", "bad"]], "\(rows)")
        let show = try purser.run("alarms", "show", "bad")
        #expect(show.status == 3 && show.output.isEmpty && show.errors.contains(fault), "\(show)")
        #expect(try purser.run("alarms", "show", "none").status == 64)
        let lint = try JSONValue(parsing: try purser.run("alarms", "lint", "--format", "json").output)
        let finding = lint["findings"]?.array?.first
        #expect(finding?["rule"] == "unreadable" && finding?["alarm"] == "bad", "\(lint)")
        let dash = try purser.run("dash")
        #expect(dash.status == 0 && dash.output.contains("1 alarm unreadable"), "\(dash)")
        #expect(try purser.run("cost").status == 0 && purser.run("budget", "show").status == 0)

        try Self.write(Self.alarm("bad"), folder, "bad.json")
        let list = try JSONValue(parsing: try purser.run("alarms", "list", "--format", "json").output)
        #expect(list["alarms"]?.array?.map { $0["state"] } == ["ALARM", "ALARM"] && list["unreadable"] == [])
    }

    @Test("topics without a value are named as the flags that give them")
    func topics() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.program(folder)
        let actions = #""AlarmActions":["${AlarmTopic}","arn:aws:sns:${Home}:1:a"],"#
        try Self.write(Self.alarm("a").replacing("{", with: "{" + actions, maxReplacements: 1), folder, "a.json")
        let run = try purser.run("evaluate")
        let flags = "--parameter AlarmTopic=ARN, --parameter Home=VALUE"
        #expect(run.output.contains("no topic configured: set \(flags) to be notified of changes"), "\(run)")
    }

    @Test("without an alarm file there is a warning, the verdict says so, and nothing fails")
    func none() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.program(folder)
        let result = try purser.run("evaluate")
        #expect(result.status == 0 && result.errors.contains("so nothing is watched"), "\(result)")
        #expect(result.output.contains("\nNO ALARMS         nothing is watched\n"), "\(result)")
        let quiet = try purser.run("evaluate", "--quiet")
        #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.contains("so nothing is watched"))
        #expect(try purser.run("dash").output.contains("\nNO ALARMS  nothing is watched  "))
        var missing = purser
        missing.environment["PURSER_ALARMS"] = folder.path("gone")
        #expect(try missing.run("evaluate").status == 3)
        for command in ["dash", "cost", "budget"] { #expect(try missing.run(command).status == 0, "\(command)") }
    }

    @Test("a budget that cannot be read is not counted as an alarm, and a budget alone needs no warning")
    func budget() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.program(folder)
        let shipped = try Repository.text("alarms/budget.json")
        try Self.write(shipped, folder, "budget.json")
        let alone = try purser.run("evaluate")
        #expect(alone.status == 0 && alone.errors.isEmpty, "\(alone)")
        #expect(alone.output.contains("\nNO ALARMS         only the budget is watched"))
        try Self.write(shipped.replacing("MONTHLY", with: "MONTLY"), folder, "budget.json")
        let bad = try purser.run("evaluate")
        #expect(bad.status == 3 && bad.output.contains("\nUNREADABLE        budget unreadable,"), "\(bad)")
    }

    @Test("a wrong topic is reported once, and the alarm is evaluated without it")
    func wrongTopic() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.program(folder)
        let text = Self.alarm("good").replacing("{\"Al", with: "{\"AlarmActions\":[\"${TopicArn}\"],\"Al")
        try Self.write(text, folder, "good.json")
        let result = try purser.run("evaluate", "--quiet", "--parameter", "TopicArn=oops")
        #expect(result.status == 3 && result.output.contains("good INSUFFICIENT_DATA->ALARM"), "\(result)")
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("purser: --parameter TopicArn: `oops` is not a topic"))
    }

    @Test("what export writes of all alarms is read back as the same bytes")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.program(folder)
        let shipped = try PurserProgram(store: folder.path("none.db")).run(
            "alarms",
            "export",
            "--to",
            "put-metric-alarm"
        )
        let composite = #"{"AlarmName":"zz","AlarmRule":"ALARM(error-rate) OR ALARM(server-errors)"}"#
        try Self.write(shipped.output + composite + "\n", folder, "all.json")
        let again = try purser.run("alarms", "export", "--to", "put-metric-alarm")
        #expect(again.status == 0 && again.output == shipped.output + composite + "\n", "\(again.errors)")
    }
}
