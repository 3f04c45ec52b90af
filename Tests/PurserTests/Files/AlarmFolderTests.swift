import Foundation
import Purser
import PurserCore
import TestSupport
import Testing

@Suite struct AlarmFolderTests {
    private static func alarm(_ name: String) -> String {
        #"""
        {"AlarmName":"\#(name)","Namespace":"N","MetricName":"M","Statistic":"Sum","Period":60,"EvaluationPeriods":3,
        "Threshold":1,"ComparisonOperator":"GreaterThanThreshold"}
        """#
    }

    /// Writes files by their paths below a new folder.
    private static func folder(_ files: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, text) in files {
            let path = URL(fileURLWithPath: folder.path(name))
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try text.write(to: path, atomically: true, encoding: .utf8)
        }
        return folder
    }

    private static func rules(_ folder: TemporaryFolder) throws -> AlarmRules {
        try AlarmFolder(path: folder.path("a"), parameters: [:]).rules()
    }

    private static let budget =
        #"{"Budget":{"BudgetName":"b","BudgetLimit":{"Amount":"25","Unit":"USD"},"#
        + #""TimeUnit":"MONTHLY","BudgetType":"COST"}}"#

    @Test("subfolders and templates of either syntax are read; hidden files and links to folders are not")
    func subfolders() throws {
        let resource = "Resources: {Y: {Type: AWS::CloudWatch::Alarm, Properties: " + Self.alarm("y") + "}}"
        let json = #"{"Resources":{"J":{"Type":"AWS::CloudWatch::Alarm","Properties":\#(Self.alarm("j"))}}}"#
        let folder = try Self.folder([
            "a/top.json": Self.alarm("top"), "a/team/one/in.json": Self.alarm("in"), "a/t.template": resource,
            "a/u.TEMPLATE": "\n " + json, "a/.git/x.json": "{", "a/team/README.md": "{",
        ])
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("a/team/back"),
            withDestinationPath: folder.path("a")
        )
        let rules = try Self.rules(folder)
        #expect(rules.alarms.map(\.name) == ["in", "j", "top", "y"], "\(rules.unreadable)")
        #expect(rules.files["in"] == folder.path("a/team/one/in.json") && rules.notes.isEmpty)
        #expect(rules.warnings == [folder.path("a/team/back") + ": is a link to a folder, which is not followed"])
    }

    @Test("files that cannot be read are named, and everything else is read")
    func oneBadFile() throws {
        let folder = try Self.folder([
            "a/good.json": Self.alarm("good"), "a/bad.json": Self.alarm("bad").replacing("Period", with: "Perriod"),
            "a/cut.yaml": "a: [1", "a/budget.json": "{", "a/team/budget.json": Self.budget,
        ])
        let rules = try Self.rules(folder)
        #expect(rules.alarms.map(\.name) == ["good"] && rules.budget == nil)
        let kinds = Dictionary(uniqueKeysWithValues: rules.unreadable.map { ($0.file, $0.kind) })
        #expect(
            kinds == [
                folder.path("a/bad.json"): .alarm, folder.path("a/budget.json"): .budget,
                folder.path("a/cut.yaml"): .file,
            ]
        )
        #expect(rules.notes.count == 1 && rules.notes[0].contains("a/team/budget.json: only the budget of the folder"))
    }

    @Test("the budget is read without the alarm files")
    func budgetAlone() throws {
        let folder = try Self.folder(["a/bad.json": "{", "a/budget.json": Self.budget])
        #expect(try AlarmFolder(path: folder.path("a"), parameters: [:]).budget()?.name == "b")
        #expect(try AlarmFolder(path: folder.path("none"), parameters: [:]).budget() == nil)
        #expect(try AlarmFolder(path: nil, parameters: [:]).budget() != nil)
        try "{".write(toFile: folder.path("a/budget.json"), atomically: true, encoding: .utf8)
        #expect(throws: Diagnostics.self) { try AlarmFolder(path: folder.path("a"), parameters: [:]).budget() }
    }

    @Test("a file that is too large, and a pipe, are refused by their names before they are read")
    func unsuitable() throws {
        let folder = try Self.folder(["a/good.json": Self.alarm("good"), "a/large.json": ""])
        #expect(truncate(folder.path("a/large.json"), 16 << 20) == 0 && mkfifo(folder.path("a/pipe.yaml"), 0o600) == 0)
        // It is read: 16 MiB of zeros are not JSON.
        #expect(try Self.rules(folder).unreadable.map(\.kind) == [.file, .file])
        #expect(truncate(folder.path("a/large.json"), (16 << 20) + 1) == 0)
        let rules = try Self.rules(folder)
        #expect(rules.alarms.map(\.name) == ["good"])
        #expect(
            rules.unreadable.flatMap(\.lines) == [
                folder.path("a/large.json") + ": has 16777217 bytes; at most 16 MiB are allowed",
                folder.path("a/pipe.yaml") + ": is not a regular file",
            ]
        )
    }

    @Test("a wrong topic is reported once, and alarms and budget are read as without it")
    func wrongTopic() throws {
        let subscriber = #"{"SubscriptionType":"SNS","Address":"${TopicArn}"}"#
        let notification = #"{"NotificationType":"ACTUAL","ComparisonOperator":"GREATER_THAN","Threshold":50}"#
        let budget =
            Self.budget.dropLast()
            + #","NotificationsWithSubscribers":[{"Notification":\#(notification),"Subscribers":[\#(subscriber)]}]}"#
        let action = #"{"AlarmActions":["${TopicArn}"],"AlarmName"#
        let folder = try Self.folder([
            "a/a.json": Self.alarm("a").replacing(#"{"AlarmName"#, with: action), "a/budget.json": String(budget),
        ])
        let alarms = AlarmFolder(path: folder.path("a"), parameters: ["TopicArn": "oops"])
        let rules = try alarms.rules(named: ["TopicArn"])
        #expect(rules.watched.map(\.unfilledActions) == [["${TopicArn}"]])
        #expect(rules.budget?.unfilledActions == ["${TopicArn}"])
        #expect(rules.unreadable.map(\.kind) == [.parameter])
        #expect(
            rules.unreadable.flatMap(\.lines) == [
                "--parameter TopicArn: `oops` is not a topic, so 1 alarm and the budget cannot notify it;"
                    + " allowed: arn:aws:sns:REGION:ACCOUNT:TOPIC"
            ]
        )
        #expect(try alarms.budget()?.name == "b")
    }

    @Test("a folder without alarms is a warning, and a folder that does not exist an error")
    func emptyFolder() throws {
        let folder = try Self.folder(["a/README.md": ""])
        let rules = try Self.rules(folder)
        #expect(rules.alarms.isEmpty && rules.unreadable.isEmpty)
        #expect(rules.warnings.count == 1 && rules.warnings[0].contains("there is no alarm file (*.json, *.yaml,"))
        try Self.budget.write(toFile: folder.path("a/budget.json"), atomically: true, encoding: .utf8)
        #expect(try Self.rules(folder).warnings.isEmpty)
        #expect(throws: FileError.self) { try AlarmFolder(path: folder.path("none"), parameters: [:]).rules() }
    }

    @Test("a parameter that no file uses is an error, or a warning if a file that cannot be read may use it")
    func namedParameters() throws {
        let template = #"{"Parameters":{"P":{"Type":"String"}},"Resources":{"Q":{"Type":"AWS::SQS::Queue"}}}"#
        let folder = try Self.folder(["a/a.json": Self.alarm("${Who}"), "a/t.json": template])
        let alarms = AlarmFolder(path: folder.path("a"), parameters: ["Who": "a"])
        #expect(try alarms.rules(named: ["Who", "P"]).alarms.map(\.name) == ["a"])
        #expect(throws: UnknownParameter.self) { try alarms.rules(named: ["Other"]) }
        // A parameter may be part of the name of another.
        let action = #"[{"Fn::ImportValue":{"Fn::Sub":"${AWS::StackName}-topic"}}]"#
        let properties = Self.alarm("b").replacing("{\"AlarmName", with: "{\"AlarmActions\":\(action),\"AlarmName")
        try #"{"Resources":{"B":{"Type":"AWS::CloudWatch::Alarm","Properties":\#(properties)}}}"#
            .write(toFile: folder.path("a/c.json"), atomically: true, encoding: .utf8)
        let given = ["Who": "a", "AWS::StackName": "app", "app-topic": "arn:aws:sns:us-east-1:111122223333:t"]
        let imported = try AlarmFolder(path: folder.path("a"), parameters: given).rules(named: given.keys.sorted())
        #expect(imported.alarms.last?.actions.alarm == ["arn:aws:sns:us-east-1:111122223333:t"])
        try "{".write(toFile: folder.path("a/b.json"), atomically: true, encoding: .utf8)
        let rules = try alarms.rules(named: ["Other", "Who"])
        #expect(rules.unreadable.count == 1)
        #expect(rules.warnings == ["--parameter Other: no alarm file that can be read uses it"])
    }
}
