import PurserCore
import PurserRender
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct PluginTextTests {
    private static let start = PurserFixture.start

    /// Returns an alarm on the Sum of ServerErrors, or on another metric, with some keys changed.
    private static func alarm(_ name: String, _ changes: (String, String)...) throws -> AlarmDefinition {
        try PurserFixture.alarm(name).changed(changes.map { (key: $0.0, value: $0.1) })
    }

    private static func report(_ alarms: [AlarmDefinition], budget: BudgetDefinition? = nil, _ store: Store) throws
        -> EvaluationReport
    {
        let time = start + 120
        let run = try PurserFixture.evaluator(store, alarms, budget: budget).run(at: time, ran: time)
        return EvaluationReport(run: try #require(run), delivery: DeliveryReport())
    }

    @Test("an alarm in ALARM is CRITICAL, with its newest value and its threshold")
    func critical() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([7], in: store)
        try PurserFixture.record([35.1637], of: "Latency", unit: .seconds, in: store)
        let alarms = [
            try Self.alarm("error-count", ("Threshold", "5")),
            try Self.alarm(
                "latency-p99",
                ("MetricName", "Latency"),
                ("Unit", "Seconds"),
                ("Threshold", "10.5"),
                ("Statistic", "Maximum"),
                ("ComparisonOperator", "GreaterThanOrEqualToThreshold")
            ),
        ]
        let report = try Self.report(alarms, store)
        #expect(
            report.pluginLine
                == "CRITICAL - error-count 7 > 5, latency-p99 35.16s >= 10.50s | error_count=7;;5 latency_p99=35.1637s;;@10.5:"
        )
    }

    @Test("without an alarm it is OK, values that are not known are U, and thresholds are ranges")
    func fine() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([0.25], in: store)
        let alarms = [
            try Self.alarm("a", ("Threshold", "5")),
            try Self.alarm("b", ("ComparisonOperator", "LessThanThreshold"), ("Threshold", "0.125")),
            try Self.alarm("c", ("ComparisonOperator", "LessThanOrEqualToThreshold"), ("Threshold", "-2")),
            try Self.alarm("d", ("MetricName", "Latency"), ("Unit", "Seconds"), ("Threshold", "-1")),
        ]
        let report = try Self.report(alarms, store)
        #expect(report.pluginLine == "OK - 4 alarms OK | a=0.25;;5 b=0.25;;0.125: c=0.25;;@~:-2 d=U;;~:-1")
    }

    @Test("names cannot begin the performance data or a line, and labels are quoted")
    func names() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([7], in: store)
        let report = try Self.report([try Self.alarm("it's a|b=c \u{202E}x")], store)
        #expect(report.pluginLine == "CRITICAL - it's a/b=c x 7 > 0 | 'it''s a/b:c x'=7;;0")
        #expect(PluginText.failed("no store\nat | /x") == "UNKNOWN - no store, at / /x")
    }

    @Test("a check that judged nothing is UNKNOWN: without alarms and budget, and with alarms that have no data")
    func nothingJudged() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let nothing = try Self.report([], store)
        #expect(nothing.pluginStatus == .unknown)
        #expect(nothing.pluginLine == "UNKNOWN - nothing is watched: no alarms and no budget")
        let silent = try Self.report([try Self.alarm("a", ("TreatMissingData", "missing"))], folder.store("b.db"))
        #expect(silent.pluginStatus == .unknown && silent.pluginLine.hasPrefix("UNKNOWN - 0 alarms OK, 1 without data"))
        var empty = try Self.report([try Self.alarm("a")], folder.store("c.db"))
        #expect(empty.pluginStatus == .ok)
        empty.hasData = false
        #expect(empty.pluginLine.hasPrefix("UNKNOWN - no data in the store"))
    }

    @Test("labels stay different, and have no character that a label cannot have")
    func labels() {
        #expect(PluginText.labels(["a-b", "c-d"], taken: []) == ["a_b", "c_d"])
        #expect(PluginText.labels(["a-b", "a_b", "spent"], taken: ["spent"]) == ["a-b", "a_b", "spent_2"])
        #expect(PluginText.labels(["a=b", "a:b"], taken: []) == ["a:b", "a:b_2"])
        #expect(PluginText.value("a\"b", "1") == "'a\"b'=1" && PluginText.value("it's", "1") == "'it''s'=1")
    }

    @Test("only the first three alarms are named")
    func many() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1], in: store)
        let report = try Self.report(try (1...5).map { try Self.alarm("a\($0)") }, store)
        #expect(report.pluginLine.hasPrefix("CRITICAL - a1 1 > 0, a2 1 > 0, a3 1 > 0, 2 more | a1=1;;0 "))
    }

    @Test("a message that was not delivered is UNKNOWN, and the alarms are still named")
    func undelivered() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.record([1], in: store)
        var report = try Self.report([try Self.alarm("a1")], store)
        report.delivery.failedBefore = 1
        #expect(report.pluginLine == "UNKNOWN - 1 message not delivered, a1 1 > 0 | a1=1;;0")
    }

    @Test("a budget that needs a person is WARNING, and the month's dollars are there with it")
    func budget() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try PurserFixture.call(
            "r",
            at: Self.start,
            settled: Self.start + 1,
            cost: try PurserFixture.dollars("3.15"),
            in: store
        )
        let spent = try Self.report([], budget: try Self.budget("25"), store).pluginLine
        #expect(spent == "OK - no alarms, spent $3.15 | spent=3.15;;25")
        let over = try Self.report([], budget: try Self.budget("3.10"), store).pluginLine
        #expect(over == "WARNING - crew over the limit: $3.15 > $3.10 | spent=3.15;;3.1")
    }

    private static func budget(_ amount: String) throws -> BudgetDefinition {
        let result = BudgetDefinition.read(
            json: """
                {"Budget": {"BudgetName": "crew", "BudgetLimit": {"Amount": "\(amount)", "Unit": "USD"},
                "TimeUnit": "MONTHLY", "BudgetType": "COST"}}
                """,
            file: "budget.json"
        )
        return try #require(result.definition)
    }

    @Test(
        "numbers have no exponent",
        arguments: [
            (0.0, "0"), (22.2222222, "22.2222"), (-0.5, "-0.5"), (1e9, "1000000000"), (1e-9, "0"),
            (123_456.7, "123457"),
        ]
    )
    func numbers(value: Double, text: String) {
        #expect(PluginText.number(value) == text)
    }

    @Test("a number that is too large for digits is not known")
    func hugeNumber() {
        #expect(PluginText.number(1e300) == nil && PluginText.number(.infinity) == nil)
    }
}
