import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

@Suite struct BudgetMessagesTests {
    private static let start = PurserFixture.start

    private static func budget(_ notifications: [(kind: String, percent: Int)]) throws -> BudgetDefinition {
        let texts = notifications.map { notification in
            """
            {"Notification": {"NotificationType": "\(notification.kind)", "ComparisonOperator": "GREATER_THAN",
             "Threshold": \(notification.percent)},
             "Subscribers": [{"SubscriptionType": "SNS", "Address": "\(PurserFixture.topic)"}]}
            """
        }
        let json = """
            {"Budget": {"BudgetName": "chat", "BudgetLimit": {"Amount": "10", "Unit": "USD"}, "TimeUnit": "MONTHLY",
             "BudgetType": "COST"}, "NotificationsWithSubscribers": [\(texts.joined(separator: ", "))]}
            """
        let read = BudgetDefinition.read(json: json, file: "budget.json")
        return try #require(read.definition, "\(read.diagnostics)")
    }

    private static func run(_ store: Store, _ budget: BudgetDefinition, at time: Timestamp) throws -> EvaluationRun {
        try #require(try PurserFixture.evaluator(store, [], budget: budget).run(at: time, ran: time))
    }

    private static func spend(_ dollars: String, _ id: String, at time: Timestamp, in store: Store) throws {
        try PurserFixture.call(id, at: time, settled: time + 1, cost: try PurserFixture.dollars(dollars), in: store)
    }

    private static func ids(_ store: Store) throws -> [String] {
        try store.messages(.pending).map { $0.id.replacing("/" + PurserFixture.topic, with: "") }
    }

    @Test("a threshold that is crossed is reported once a month, in the transaction that records it")
    func once() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let budget = try Self.budget([("ACTUAL", 50), ("ACTUAL", 80)])
        #expect(try Self.run(store, budget, at: Self.start).queued == 0)
        try Self.spend("5", "a", at: Self.start, in: store)
        // An amount equal to the threshold does not cross it.
        #expect(try Self.run(store, budget, at: Self.start + 60).queued == 0)
        try Self.spend("0.000000000001", "b", at: Self.start + 60, in: store)
        let run = try Self.run(store, budget, at: Self.start + 120)
        #expect(run.queued == 1 && run.budgets[0].newlyCrossed.map(\.thresholdPercent) == [50])
        for minute in 3...6 { #expect(try Self.run(store, budget, at: Self.start + minute * 60).queued == 0) }
        #expect(try Self.ids(store) == ["budget/chat/2026-11/ACTUAL/5.000000000000/1"])
        let message = try store.messages(.pending)[0]
        #expect(message.subject == #"BUDGET: "chat" ACTUAL cost above 50 % of $10.00"#)
        #expect(message.about == .budget("chat", period: "2026-11"))
        #expect(
            message.body == """
                Budget Name: chat
                Budget Type: Cost
                Time Period: 2026-11
                Budgeted Amount: $10.00
                Alert Type: ACTUAL
                Alert Threshold: > $5.00 (50 %)
                ACTUAL Amount: $5.000000000001
                As Of: 2026-11-16T18:02:00Z
                """
        )
        // A new month starts from zero.
        let december = Timestamp(year: 2026, month: 12, day: 1)
        #expect(try Self.run(store, budget, at: december + 60).queued == 0)
        try Self.spend("9", "c", at: december + 60, in: store)
        // The two thresholds, and being ahead of plan.
        #expect(try Self.run(store, budget, at: december + 120).queued == 3)
    }

    @Test("a dry run queues and records nothing")
    func dryRun() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let budget = try Self.budget([("ACTUAL", 50)])
        try Self.spend("6", "a", at: Self.start, in: store)
        let evaluator = PurserFixture.evaluator(store, [], budget: budget)
        let dry = try #require(try evaluator.run(at: Self.start + 60, ran: Self.start + 60, isDryRun: true))
        #expect(dry.queued == 0 && dry.budgets[0].newlyCrossed.count == 1)
        #expect(try Self.run(store, budget, at: Self.start + 60).queued == 1)
    }

    @Test("a threshold crossed in a month's last minutes is reported in the next month")
    func monthsEnd() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let budget = try Self.budget([("ACTUAL", 50), ("FORECASTED", 100)])
        let december = Timestamp(year: 2026, month: 12, day: 1)
        _ = try Self.run(store, budget, at: december - 90)
        try Self.spend("6", "a", at: december - 30, in: store)
        #expect(try Self.run(store, budget, at: december + 30).queued == 1)
        #expect(try Self.ids(store) == ["budget/chat/2026-11/ACTUAL/5.000000000000/1"])
    }

    @Test("a forecast that crosses again is reported again on another day, at most once a day")
    func forecast() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let budget = try Self.budget([("FORECASTED", 100)])
        let day = { (day: Int, hour: Int) in Timestamp(year: 2026, month: 11, day: day, hour: hour) }
        // Fewer calls are no base for a forecast.
        for number in 0..<30 { try Self.spend("0", "free-\(number)", at: day(4, 0), in: store) }
        try Self.spend("2", "a", at: day(4, 0), in: store)
        // 2 dollars in 4.5 days are 13.3 a month; in 7 days they are 8.6.
        #expect(try Self.run(store, budget, at: day(5, 12)).queued == 1)
        #expect(try Self.run(store, budget, at: day(8, 0)).queued == 0)
        try Self.spend("3", "b", at: day(8, 1), in: store)
        #expect(try Self.run(store, budget, at: day(8, 2)).queued == 1)
        #expect(
            try Self.ids(store) == [
                "budget/chat/2026-11/FORECASTED/10.000000000000/1", "budget/chat/2026-11/FORECASTED/10.000000000000/2",
            ]
        )
        var record = BudgetNotificationRecord(
            budget: "chat",
            period: "2026-11",
            kind: .forecasted,
            threshold: .dollar
        )
        // Crossing twice within a day is reported once; if it is still crossed on the next day, it is reported then.
        #expect(record.note(isCrossed: true, at: day(5, 1)) && !record.note(isCrossed: false, at: day(5, 2)))
        #expect(!record.note(isCrossed: true, at: day(5, 3)) && !record.note(isCrossed: true, at: day(5, 4)))
        #expect(record.note(isCrossed: true, at: day(6, 0)) && !record.note(isCrossed: true, at: day(7, 0)))
        #expect(record.number == 2)
    }

    @Test("two subscribers of one threshold each get a message about a single crossing")
    func twoSubscribers() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var budget = try Self.budget([("ACTUAL", 50), ("ACTUAL", 50)])
        budget.notifications[1].topics = [PurserFixture.topic + "2"]
        try Self.spend("6", "a", at: Self.start, in: store)
        let run = try Self.run(store, budget, at: Self.start + 60)
        #expect(run.queued == 2 && run.budgets[0].newlyCrossed.count == 1)
        #expect(
            Set(try store.messages(.pending).map(\.target.description)) == [
                PurserFixture.topic, PurserFixture.topic + "2",
            ]
        )
        #expect(try Self.run(store, budget, at: Self.start + 120).queued == 0)
    }
}
