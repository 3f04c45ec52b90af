import PurserCore
import Testing

/// Composite alarms that name alarms that are not watched, and what is known of alarms that cannot be read.
@Suite struct AlarmRelationsTests {
    private static let rest = #"""
        "MetricName":"M","Statistic":"Sum","Period":60,"EvaluationPeriods":3,"Threshold":1,
        "ComparisonOperator":"GreaterThanThreshold"
        """#

    private static func alarm(_ name: String, _ keys: String = "", namespace: String = "N") -> String {
        #"{"AlarmName":"\#(name)",\#(keys)"Namespace":"\#(namespace)",\#(rest)}"#
    }

    private static func composite(_ name: String, _ rule: String, _ keys: String = "") -> String {
        #"{"AlarmName":"\#(name)",\#(keys)"AlarmRule":"\#(rule)"}"#
    }

    /// Each text is a file, whose name is its number.
    private static func content(
        _ texts: String...,
        parameters: [String: String] = [:],
        isWhole: Bool = true
    ) throws -> AlarmSet.Content {
        let files = try texts.enumerated().map { number, text in
            AlarmFile(name: "\(number).json", content: try JSONValue(parsing: text))
        }
        return AlarmSet.content(of: files, parameters: parameters, isWhole: isWhole)
    }

    private static let bad = alarm("bad", #""Perriod":60,"#)

    @Test("a composite alarm waits for an alarm that cannot be read, and goes by its other alarms")
    func waits() throws {
        let content = try Self.content(
            Self.alarm("good"),
            Self.bad,
            Self.composite("both", "ALARM(bad) OR ALARM(good)")
        )
        #expect(content.alarms.map(\.name) == ["both", "good"] && content.unwatched.isEmpty)
        #expect(content.unreadable.map(\.name) == ["bad"])
        #expect(
            content.waiting.map(\.description) == [
                "2.json: AlarmRule: `both` takes the last known state of `bad`, which cannot be read"
            ]
        )
    }

    @Test("a composite alarm that names only such alarms is not watched, nor is one that names only that")
    func waitsForAll() throws {
        let content = try Self.content(
            Self.composite("outer", "NOT OK(inner)"),
            Self.composite("inner", "ALARM(bad) AND ALARM(query) AND ALARM(unfilled)"),
            Self.bad,
            #"{"AlarmName":"query","EvaluationCriteria":[],"EvaluationInterval":60}"#,
            Self.alarm("unfilled", namespace: "${Stage}")
        )
        #expect(content.alarms.map(\.name) == ["inner", "outer", "unfilled"] && content.waiting.isEmpty)
        #expect(content.unreadable.map(\.name) == ["bad"])
        let lines = content.unwatched.flatMap(\.lines)
        #expect(content.unwatched.map(\.name) == ["unfilled", "inner", "outer"], "\(lines)")
        #expect(
            lines.last == "0.json: the alarm `outer` is not watched: its rule names only `inner`, which is not watched"
        )
        #expect(
            lines[1] == "1.json: the alarm `inner` is not watched: its rule names only `bad`, which cannot be read,"
                + " and `query`, which is not watched here, and `unfilled`, which is not watched"
        )
        // A rule without names needs no other alarm.
        #expect(try Self.content(Self.composite("off", "FALSE"), Self.bad).unwatched.isEmpty)
    }

    @Test("a log alarm of a template is known by its name")
    func logAlarm() throws {
        let both = #"{"Fn::Sub":"ALARM(${Logs}) OR ALARM(${A})"}"#
        let content = try Self.content(
            #"""
            {"Resources":{"A":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Namespace":"N",\#(Self.rest)}},
            "Logs":{"Type":"AWS::CloudWatch::LogAlarm","Properties":{"AlarmName":"in-logs"}},
            "Both":{"Type":"AWS::CloudWatch::CompositeAlarm","Properties":{"AlarmRule":\#(both)}}}}
            """#
        )
        #expect(content.alarms.map(\.name) == ["A", "Both"], "\(content.unreadable)")
        // That stays so, and is not said in every run of cron.
        #expect(content.waiting.isEmpty)
        #expect(content.passedOver.contains { $0.message.contains("`in-logs`, which is not watched here") })
    }

    @Test("an absent alarm is a fault, unless something that cannot be read may hold it")
    func absent() throws {
        let rule = Self.composite("both", "ALARM(gone) OR ALARM(good)")
        let fault = "1.json: AlarmRule: there is no alarm `gone`"
        let known = try Self.content(Self.alarm("good"), rule, Self.bad)
        #expect(known.unreadable.flatMap(\.faults).map(\.description).last == fault)
        #expect(known.unreadable.last?.lines == ["1.json: both: AlarmRule: there is no alarm `gone`"])
        // Its name may be the absent one.
        let unnamed = [Self.bad.replacing(#""bad""#, with: "7"), Self.bad.replacing("bad", with: "${Stage}-bad")]
        for other in unnamed {
            let content = try Self.content(Self.alarm("good"), rule, other)
            #expect(content.unreadable.map(\.name) == [nil])
            #expect(content.waiting.map(\.message).first?.contains("`gone`, which is in no file that can be") == true)
        }
        #expect(try Self.content(Self.alarm("good"), rule, isWhole: false).unreadable.isEmpty)
    }

    @Test("a suppressor that cannot be read is waited for, too")
    func suppressor() throws {
        let keys = #"""
            "ActionsSuppressor":"bad","ActionsSuppressorWaitPeriod":1,"ActionsSuppressorExtensionPeriod":1,
            """#
        let content = try Self.content(Self.alarm("good"), Self.composite("c", "ALARM(good)", keys), Self.bad)
        let words = "the messages of `c` are not suppressed by `bad`, which cannot be read"
        #expect(content.waiting.map(\.description) == ["1.json: ActionsSuppressor: \(words)"])
        #expect(content.unwatched.isEmpty)
    }

    @Test("an alarm that names one of a circle does not depend on itself")
    func besideCircle() throws {
        let content = try Self.content(
            Self.composite("outer", "ALARM(a) OR ALARM(good)"),
            Self.composite("a", "ALARM(b)"),
            Self.composite("b", "ALARM(a)"),
            Self.alarm("good")
        )
        #expect(content.unreadable.map(\.name) == ["a", "b"] && content.alarms.map(\.name) == ["good", "outer"])
        #expect(content.waiting.map(\.file) == ["0.json"])
    }

    @Test("a parameter within an action is named if the action is not a topic, and others with its value are not")
    func wrongPart() throws {
        let plain = #""AlarmActions":["arn:aws:sns:us-east-1:${Account}:t"],"AlarmDescription":"${Stage}","#
        let template = #"""
            {"Resources":{"C":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Namespace":"N","AlarmActions":[
            {"Fn::Sub":"arn:aws:sns:us-east-1:${Account}:t"}],\#(Self.rest)}}}}
            """#
        let content = try Self.content(
            Self.alarm("a", plain),
            template,
            parameters: ["Account": "1111", "Stage": "1111"]
        )
        #expect(
            content.unreadable.isEmpty && content.alarms.map(\.unfilledActions) == [["${Account}"], ["${Account}"]]
        )
        #expect(content.topics.faults.map(\.file) == ["--parameter Account"])
        let first = try #require(content.topics.faults.first?.message)
        #expect(first.hasPrefix("`arn:aws:sns:us-east-1:1111:t` is not a topic, so 2 alarms cannot notify it"))
    }

    @Test("the name of an alarm that cannot be read is its AlarmName or its logical id, and is printed once")
    func names() throws {
        let template = #"""
            {"Resources":{"Plain":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Namespace":"N"}},
            "Named":{"Type":"AWS::CloudWatch::Alarm","Properties":{"AlarmName":"x","Period":{"Fn::GetAZs":""}}},
            "Typo":{"Type":"AWS::Cloudwatch::Alarm"}}}
            """#
        let content = try Self.content(template, Self.bad, Self.alarm("a"), Self.alarm("a"))
        let names = content.unreadable.map(\.name)
        #expect(Set(names) == ["Plain", "x", "Typo", "bad", "a"] && names.count == 5, "\(names)")
        let lines = content.unreadable.flatMap(\.lines)
        #expect(lines.contains { $0.hasPrefix("0.json: Resources.Plain.Properties.MetricName: is missing") })
        #expect(lines.contains { $0.hasPrefix("0.json: x: Resources.Named.Properties.Period: ") })
        #expect(lines.contains { $0.hasPrefix("1.json: bad: Perriod: unknown key") })
        #expect(lines.contains("3.json: AlarmName: the alarm `a` is already in 2.json"))
    }

    @Test("a parameter that is not a topic is one fault, and its alarms are read as without a topic")
    func wrongTopic() throws {
        let filled =
            #""AlarmActions":["${TopicArn}","arn:aws:sns:us-east-1:111122223333:t"],"OKActions":["${TopicArn}"],"#
        let template = #"""
            {"Resources":{"C":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Namespace":"N","AlarmActions":[
            {"Ref":"TopicArn"}],\#(Self.rest)}}}}
            """#
        let content = try Self.content(
            Self.alarm("a", filled),
            Self.alarm("b", namespace: "${Stage}"),
            template,
            parameters: ["TopicArn": "oops", "Stage": "prod"]
        )
        #expect(content.unreadable.isEmpty && content.unwatched.isEmpty)
        #expect(content.alarms.map(\.unfilledActions) == [["${TopicArn}"], ["${TopicArn}"], []])
        #expect(content.alarms.map(\.name) == ["C", "a", "b"])
        #expect(content.alarms[1].actions.alarm == ["arn:aws:sns:us-east-1:111122223333:t"])
        #expect(
            content.topics.faults.map(\.description) == [
                "--parameter TopicArn: `oops` is not a topic, so 2 alarms cannot notify it;"
                    + " allowed: arn:aws:sns:REGION:ACCOUNT:TOPIC"
            ]
        )
        // What the file itself says is a fault of the file.
        let own = try Self.content(Self.alarm("a", #""AlarmActions":["oops"],"#), parameters: ["Stage": "prod"])
        #expect(own.unreadable.map(\.name) == ["a"] && own.topics.faults.isEmpty)
    }
}
