import PurserCore
import TestSupport
import Testing

@Suite struct CompositeAlarmTests {
    private static func composite(_ rule: String = "ALARM(child)", _ extra: String = "") throws -> AlarmDefinition {
        try AlarmFixture.read(
            """
            {"AlarmName": "service", "AlarmDescription": "all of it", "AlarmActions": ["${TopicArn}"],
             "AlarmRule": "\(rule)"\(extra)}
            """
        )
    }

    private static func child(_ name: String = "child") -> AlarmDefinition {
        var child = AlarmFixture.alarm(AlarmFixture.condition(1, of: 1, .notBreaching))
        child.name = name
        return child
    }

    /// Runs the alarms over one value a minute for each alarm that is not composite, starting at noon.
    private static func run(
        _ alarms: [AlarmDefinition],
        _ values: [Double?]
    ) throws -> [(time: Timestamp, outcome: AlarmTimeline.Outcome)] {
        var timeline = AlarmTimeline(alarms)
        let slots = try values.enumerated().compactMap { index, value in
            try value.map {
                Slot(start: AlarmFixture.noon + index * 60, distribution: try #require(Distribution(value: $0)))
            }
        }
        let data = AlarmData([MetricReference(AlarmFixture.metric): SlotSeries(slots)])
        var outcomes: [(Timestamp, AlarmTimeline.Outcome)] = []
        for minute in values.indices {
            let time = AlarmFixture.noon + (minute + 2) * 60
            outcomes += timeline.step(at: time) { _ in data }.map { (time, $0) }
        }
        return outcomes
    }

    @Test("a composite alarm changes in the same minute as its child, with CloudWatch's reason and data")
    func change() throws {
        let outcomes = try Self.run([try Self.composite(), Self.child()], [0, 100, 0]).filter {
            $0.outcome.name == "service"
        }
        let changes = outcomes.compactMap(\.outcome.change)
        #expect(changes.map(\.newState) == [.ok, .alarm, .ok])
        let arn = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:"
        #expect(changes[0].reason == "\(arn)service was created and its alarm rule evaluates to OK")
        #expect(changes[0].reasonData == #"{"triggeringAlarms":[]}"#)
        #expect(changes[1].reason == "\(arn)child transitioned to ALARM at Monday 14 September, 2026 12:03:00 UTC")
        #expect(
            changes[1].reasonData
                == #"{"triggeringAlarms":[{"arn":"\#(arn)child","state":{"value":"ALARM","timestamp":"2026-09-14T12:03:00.000+0000"}}]}"#
        )
        #expect(changes[2].reason == "\(arn)child transitioned to OK at Monday 14 September, 2026 12:04:00 UTC")
        #expect(outcomes.last?.outcome.evaluation.summary(of: try Self.composite()) == "none in ALARM")
    }

    @Test("a composite alarm's message matches CloudWatch's exactly, including the order of its keys")
    func message() throws {
        let alarm = try Self.composite("ALARM(child) AND NOT ALARM(deploy)")
        let outcome = try #require(
            try Self.run([alarm, Self.child(), Self.child("deploy")], [0, 100]).last { $0.outcome.name == "service" }
        ).outcome
        #expect(outcome.evaluation.children.map(\.name) == ["child", "deploy"])
        let notification = AlarmNotification(
            definition: alarm,
            configured: AlarmFixture.noon,
            oldState: .ok,
            newState: .alarm,
            reason: outcome.evaluation.reason ?? "",
            time: AlarmFixture.noon + 240,
            children: outcome.evaluation.children,
            action: AlarmFixture.topic
        )
        try AlarmFixture.expect(notification.body + "\n", equals: "notification-composite.json")
        #expect(notification.subject == #"ALARM: "service" in US East (N. Virginia)"#)
        #expect(notification.attributes(evaluation: outcome.evaluation).isEmpty)
    }

    @Test("the words for a composite alarm name every alarm of its rule that is in ALARM")
    func causes() throws {
        let alarm = try Self.composite("ALARM(child) OR ALARM(deploy) OR ALARM(fine)")
        var fine = Self.child("fine")
        fine.condition?.threshold = 1e9
        let alarms = [alarm, Self.child(), Self.child("deploy"), fine]
        let last = try #require(try Self.run(alarms, [0, 100]).last { $0.outcome.name == "service" }).outcome
        #expect(last.evaluation.summary(of: alarm) == "child, deploy in ALARM")
        let negated = try Self.composite("NOT OK(fine)")
        #expect(negated.ruleWords(.alarm) { _ in .insufficientData } == "fine INSUFFICIENT_DATA")
        let wide = try Self.composite("NOT OK(a) OR NOT OK(b) OR NOT OK(c) OR NOT OK(d)")
        let words = "a INSUFFICIENT_DATA, b INSUFFICIENT_DATA, c INSUFFICIENT_DATA, 1 more"
        #expect(wide.ruleWords(.alarm) { _ in nil } == words)
    }

    @Test("a suppressor that is no longer evaluated suppresses nothing")
    func goneSuppressor() throws {
        let suppressor =
            #", "ActionsSuppressor": "deploy", "ActionsSuppressorWaitPeriod": 0, "ActionsSuppressorExtensionPeriod": 0"#
        let alarm = try Self.composite("TRUE", suppressor)
        var deploy = AlarmRecord(new: Self.child("deploy"), at: AlarmFixture.noon)
        _ = deploy.change(to: .alarm, reason: "r", reasonData: nil, at: AlarmFixture.noon)
        for (alarms, isSent) in [([alarm], true), ([alarm, Self.child("deploy")], false)] {
            var timeline = AlarmTimeline(alarms, records: ["deploy": deploy])
            // The suppressor's own data is missing, so that it keeps its state.
            let outcomes = timeline.step(at: AlarmFixture.noon + 60) { _ in nil }
            #expect((outcomes.first { $0.name == "service" }?.news != nil) == isSent)
        }
    }

    @Test("a wait that a clock that was ahead has begun ends no later than one that begins now")
    func waitFromTheFuture() throws {
        let keys =
            #", "ActionsSuppressor": "s", "ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 120"#
        let alarm = try Self.composite("TRUE", keys)
        let far = AlarmFixture.noon + 864_000
        for (phase, seconds) in [
            (AlarmSuppression.Phase.waitPeriod(until: far), 60), (.extensionPeriod(until: far), 120),
        ] {
            var record = AlarmRecord(new: alarm, at: AlarmFixture.noon)
            _ = record.change(to: .alarm, reason: "r", reasonData: nil, at: AlarmFixture.noon)
            record.suppression = AlarmSuppression(suppressor: "s", phase: phase, isPending: true)
            var timeline = AlarmTimeline([alarm], records: ["service": record])
            let sent = stride(from: 0, through: 180, by: 60).first { second in
                !timeline.step(at: AlarmFixture.noon + second) { _ in nil }.compactMap(\.news).isEmpty
            }
            #expect(sent == seconds)
        }
    }

    @Test("the nearest composite alarm that takes actions sends messages in place of the alarms below it")
    func gatherers() throws {
        let silent = { (name: String, rule: String) in
            try AlarmFixture.read("{\"AlarmName\": \"\(name)\", \"AlarmRule\": \"\(rule)\"}")
        }
        var child = Self.child()
        child.canonicalJSON = "{}"
        let alarms = [
            child, try silent("inner", "ALARM(child)"), try silent("lone", "ALARM(child)"),
            try Self.composite("ALARM(inner)"),
        ]
        #expect(alarms.gatherers() == ["inner": "service", "child": "service"])
        #expect(alarms.prefix(3).gatherers().isEmpty)
    }

    @Test("composite alarms are evaluated after the composite alarms they refer to, regardless of file order")
    func order() throws {
        var outer = try Self.composite("ALARM(service)")
        outer.name = "a-outer"
        let outcomes = try Self.run([outer, try Self.composite(), Self.child()], [100])
        #expect(outcomes.map(\.outcome.name) == ["child", "service", "a-outer"])
        #expect(outcomes.map(\.outcome.evaluation.state) == [.alarm, .alarm, .alarm])
    }

    @Test("a missing alarm and a circular reference are faults in the file that contains the reference")
    func relations() throws {
        let file = { (name: String, rule: String, extra: String) in
            (name: name + ".json", text: "{\"AlarmName\": \"\(name)\", \"AlarmRule\": \"\(rule)\"\(extra)}")
        }
        let suppressor =
            #", "ActionsSuppressor": "gone", "ActionsSuppressorWaitPeriod": 1, "ActionsSuppressorExtensionPeriod": 1"#
        let error = #expect(throws: Diagnostics.self) {
            try TestAlarms.read([
                file("a", "ALARM(b)", ""), file("b", "OK(c)", ""), file("c", "OK(a) OR OK(nobody)", ""),
                file("d", "TRUE", suppressor),
            ])
        }
        #expect(
            error?.all.map(\.description) == [
                "a.json: AlarmRule: depends on its own state, by way of b",
                "b.json: AlarmRule: depends on its own state, by way of c",
                "c.json: AlarmRule: there is no alarm `nobody`",
                "c.json: AlarmRule: depends on its own state, by way of a",
                "d.json: ActionsSuppressor: there is no alarm `gone`",
            ]
        )
    }

    @Test(
        "each constraint of put-composite-alarm is checked",
        arguments: [
            (#""AlarmRule": "ALARM(a""#, "AlarmRule: column 8: `)` is expected, not the end"),
            (#""AlarmRule": """#, "AlarmRule: has 0 characters; 1 to 10240 characters are allowed"),
            (#""AlarmRule": "TRUE", "Period": 60"#, "Period: unknown key of put-composite-alarm"),
            (
                #""AlarmRule": "TRUE", "ActionsSuppressor": "s""#,
                "ActionsSuppressorWaitPeriod: is missing; a whole number from 0 to 604800 is needed"
            ),
            (
                #""AlarmRule": "TRUE", "ActionsSuppressorWaitPeriod": 1"#,
                "ActionsSuppressorWaitPeriod: is allowed only with ActionsSuppressor"
            ),
        ]
    )
    func constraints(keys: String, expected: String) {
        let read = AlarmDefinition.read(json: "{\"AlarmName\": \"c\", \(keys)}", file: "c.json")
        #expect(read.definition == nil)
        #expect(read.diagnostics.contains { $0.description.hasPrefix("c.json: " + expected) }, "\(read.diagnostics)")
    }

    // The six examples of the user guide, "Suppressing composite alarm actions". A time unit is a minute here, the wait
    // period is two units and the extension period is three. The states of the alarm and the suppressor are given for
    // each unit from t0 on.
    @Test(
        "suppressors follow the user guide's timelines",
        arguments: [
            ("not suppressed after the wait", "OOAAAAAA", "OOOOOOOO", [4: AlarmState.alarm]),
            ("suppressed before the wait ends", "OOAAAAAA", "OOOAAAAA", [:]),
            ("a change while it waits", "OOAOOOOO", "OOOOOOOO", [5: .ok]),
            ("suppressed from the first", "OOAAAAAA", "OAAAAAAA", [:]),
            ("not suppressed after the extension", "OOAAAAAAAAAA", "OOOAAAOOOOOO", [9: .alarm]),
            ("a change in the extension", "OOAAAAAOOOOO", "OOOAAAOOOOOO", [9: .ok]),
            ("no message is held back, so that none is sent at the end", "OOOOOOOOOOOO", "OOOAAAOOOOOO", [:]),
        ]
    )
    func suppressors(name: String, alarm: String, suppressor: String, told: [Int: AlarmState]) throws {
        let keys =
            #", "ActionsSuppressor": "s", "ActionsSuppressorWaitPeriod": 120, "ActionsSuppressorExtensionPeriod": 180"#
        let alarms = [try Self.composite("ALARM(child)", keys), Self.child(), Self.child("s")]
        // Each of the two children gets its own data.
        func data(_ pattern: String) throws -> AlarmData {
            let slots = try pattern.enumerated().map { index, letter in
                Slot(
                    start: AlarmFixture.noon + index * 60,
                    distribution: try #require(Distribution(value: letter == "A" ? 100 : 0))
                )
            }
            return AlarmData([MetricReference(AlarmFixture.metric): SlotSeries(slots)])
        }
        let (own, other) = (try data(alarm), try data(suppressor))
        let created = AlarmFixture.noon
        // The alarms exist already, in state OK.
        var records: [String: AlarmRecord] = [:]
        for definition in alarms {
            var record = AlarmRecord(new: definition, at: created)
            record.state = .ok
            record.transition = 1
            records[definition.name] = record
        }
        var timeline = AlarmTimeline(alarms, records: records)
        var news: [Int: AlarmState] = [:]
        for unit in 0..<alarm.count {
            for outcome in timeline.step(at: created + (unit + 2) * 60, data: { $0.name == "s" ? other : own })
            where outcome.name == "service" {
                if let told = outcome.news { news[unit] = told.newState }
            }
        }
        #expect(news == told, "\(name)")
    }
}
