import PurserCore
import PurserRender
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// What a frame's verdict is made of.
@Suite struct DashVerdictBuildingTests {
    private static let start = PurserFixture.start

    @Test("the service is silent if only another namespace has data, or another program is alive")
    func otherNamespace() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1], of: "Invocations", in: store)
        let other = Series(Metric(namespace: "Ovens", name: "Heat"), unit: .count)
        let slot = Slot(start: Self.start + 590, distribution: try #require(Distribution(value: 1)))
        #expect(try store.record(Flush(writer: "ovens", sequence: 1, points: [.init(series: other, slot: slot)])))
        try store.beat("ovens", at: Self.start + 595, namespaces: ["Ovens"])
        let frame = try DashBuilderTests.frame(store)
        #expect(frame.newestData == Self.start + 10 && frame.newestHeartbeat == nil)
    }

    @Test("whether data is stale does not depend on the time that is shown")
    func staleness() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1], of: "Invocations", in: store)
        for (age, isStale) in [(600, false), (601, true)] {
            for hours in [1, 3, 24, 24 * 30, 24 * 400] {
                let at = Self.start + 10 + age
                let frame = try DashBuilder(reader: MetricReader(store: store, quota: nil), alarms: [], budget: nil)
                    .frame(from: at - hours * 3600, to: at, at: at, region: nil)
                #expect(DashJSON.value(frame)["verdict"]?["dataStale"] == .bool(isStale), "\(age) s, \(hours) h")
            }
        }
    }

    @Test("the states of the last evaluation are shown even if a clock that was ahead found them")
    func clockAhead() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record(Array(repeating: 1, count: 4), in: store)
        let alarms = [try PurserFixture.alarm()]
        let ahead = Self.start + 30 * 86_400
        try PurserFixture.record([1, 1, 1], from: ahead, in: store)
        _ = try PurserFixture.evaluator(store, alarms).run(at: ahead + 120, ran: ahead + 120)
        _ = try PurserFixture.evaluator(store, alarms).run(at: Self.start + 180, ran: Self.start + 180)
        let line = try DashBuilderTests.frame(store, alarms, at: Self.start + 200).alarms[0]
        #expect(line.state == .alarm)
    }

    @Test("a state that was set by hand is shown from its time on, and not before")
    func setLater() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0, 0, 0, 0], in: store)
        let alarms = [try PurserFixture.alarm()]
        _ = try PurserFixture.evaluator(store, alarms).run(at: Self.start + 120, ran: Self.start + 120)
        _ = try ManualState.set(alarms[0], to: .alarm, reason: "a drill", at: Self.start + 240, in: store)
        for (second, state) in [(180, AlarmState.ok), (240, .alarm)] {
            let line = try DashBuilderTests.frame(store, alarms, at: Self.start + second).alarms[0]
            #expect(line.state == state && line.since.map { $0 <= Self.start + second } == true)
        }
    }

    @Test("a composite alarm whose suppressor holds its messages back says so, and names only the causes in its rule")
    func suppressed() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1, 1, 1, 1], in: store)
        let text = """
            {"AlarmName": "service", "AlarmActions": ["\(PurserFixture.topic)"], "AlarmRule": "ALARM(one)",
             "ActionsSuppressor": "two", "ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 60}
            """
        let service = try #require(AlarmDefinition.read(json: text, file: "service.json").definition)
        let alarms = [try PurserFixture.alarm("one"), try PurserFixture.alarm("two"), service]
        _ = try PurserFixture.evaluator(store, alarms).run(at: Self.start + 120, ran: Self.start + 120)
        let line = try #require(try DashBuilderTests.frame(store, alarms, at: Self.start + 130).alarms.last)
        #expect(
            line.name == "service" && line.summary == "one in ALARM"
                && line.delivery == .suppressed(by: "two", until: nil)
        )
    }

    @Test(
        "a month that begins ahead of plan notifies every topic of the budget once, and its end notifies nothing more"
    )
    func aheadOfPlan() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let december = Timestamp(year: 2026, month: 12, day: 1, hour: 12)
        let dollars = PurserFixture.dollars
        let budget = BudgetDefinition(
            name: "month",
            limit: try dollars("10"),
            notifications: [
                .init(kind: .actual, threshold: try dollars("10"), thresholdPercent: 100, topics: [PurserFixture.topic])
            ]
        )
        try PurserFixture.call("1", at: december, settled: december + 1, cost: try dollars("2.6"), in: store)
        for minute in 1...3 {
            let time = december + minute * 60
            let run = try PurserFixture.evaluator(store, [], budget: budget).run(at: time, ran: time)
            #expect(run?.budgets[0].newlyCrossed.map(\.thresholdPercent) == (minute == 1 ? [25] : []))
        }
        #expect(try store.messages(.pending).map(\.subject) == [#"BUDGET: "month" ACTUAL cost above 25 % of $10.00"#])
        let line = try DashBuilderTests.frame(store, budget: budget, at: december + 200).budget
        #expect(line?.since == december + 60 && line?.delivery == .pending)
        let january = Timestamp(year: 2027, month: 1, day: 1, hour: 0)
        _ = try PurserFixture.evaluator(store, [], budget: budget).run(at: january - 60, ran: january - 60)
        _ = try PurserFixture.evaluator(store, [], budget: budget).run(at: january + 60, ran: january + 60)
        #expect(try store.messages(.pending).count == 1)
    }

    @Test("the most frequent reasons of refusals are parts of their row, and none is shown if nothing was refused")
    func reasons() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0, 0, 0], of: "ClientErrors", in: store)
        #expect(try !DashBuilderTests.frame(store).signals.contains { $0.name == "quota" })
        try PurserFixture.record([4, 4, 2], of: "ClientErrors", from: Self.start + 180, in: store)
        try PurserFixture.record([4, 3, nil], of: "QuotaRefusals", from: Self.start + 180, in: store)
        try PurserFixture.record([nil, 1, 2], of: "InvalidRequests", from: Self.start + 180, in: store)
        let signals = try DashBuilderTests.frame(store).signals
        let row = try #require(signals.firstIndex { $0.name == "refused" })
        #expect(signals[row + 1].name == "quota" && signals[row + 2].name == "invalid" && !signals[row + 3].isPart)
        #expect(signals[row + 1].isPart && signals[row + 1].values.prefix(6) == [0, 0, 0, 4, 3, 0])
    }
}
