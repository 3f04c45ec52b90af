import PurserCore
import PurserStore
import TestSupport
import Testing

@testable import Purser

/// What `evaluate` reports about the budgets of the store.
@Suite struct BudgetLimitsTests {
    private static let start = PurserFixture.start
    private static let file = BudgetDefinition(
        name: "chat",
        limit: Picodollars(dollars: "1000") ?? .zero,
        notifications: [
            .init(
                kind: .actual,
                threshold: Picodollars(dollars: "999") ?? .zero,
                thresholdPercent: 99.9,
                topics: [
                    PurserFixture.topic
                ]
            )
        ]
    )

    private static func run(_ store: Store, at time: Timestamp, hasFile: Bool = true) throws -> EvaluationRun {
        let evaluator = PurserFixture.evaluator(store, [], budget: hasFile ? file : nil)
        return try #require(try evaluator.run(at: time, ran: time))
    }

    private static func spend(
        _ dollars: String,
        _ id: String,
        _ caller: Caller,
        at time: Timestamp = start,
        in store: Store
    ) throws {
        let cost = try PurserFixture.dollars(dollars)
        try PurserFixture.call(id, at: time, settled: time + 1, cost: cost, caller: caller, in: store)
    }

    private static func set(
        _ scope: BudgetScope,
        _ window: BudgetWindow,
        _ dollars: String,
        in store: Store
    ) throws {
        let limit = try PurserFixture.dollars(dollars)
        try store.setBudget(Budget(scope: scope, window: window, limit: limit), at: start)
    }

    private static func subjects(_ store: Store) throws -> [String] {
        try store.messages(.pending).map(\.subject)
    }

    @Test("80 % and 90 % of any budget are reported once a period, to the topics of budget.json")
    func thresholds() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let support = Caller(team: "support")
        try Self.set(.team("support"), .hour, "1", in: store)
        try Self.set(.all, .week, "10", in: store)
        #expect(
            try Self.run(store, at: Self.start).limits.map(\.definition.name) == [
                "all calls, week", "team support, hour",
            ]
        )
        try Self.spend("0.80", "a", support, in: store)
        #expect(try Self.run(store, at: Self.start + 60).queued == 0)
        try Self.spend("0.05", "b", support, in: store)
        let run = try Self.run(store, at: Self.start + 120)
        #expect(run.limits.flatMap(\.newlyCrossed).map(\.thresholdPercent) == [80] && run.budgets.count == 1)
        #expect(try Self.subjects(store) == [#"BUDGET: "team support, hour" ACTUAL cost above 80 % of $1.00"#])
        try Self.spend("0.10", "c", support, in: store)
        for minute in 3...5 { _ = try Self.run(store, at: Self.start + minute * 60) }
        #expect(try Self.subjects(store).count == 2)
        #expect(run.budgets.allSatisfy { $0.finding == nil })
        // Another hour begins with nothing spent, and may cross the thresholds again.
        try Self.spend("0.95", "d", support, at: Self.start + 3600, in: store)
        #expect(try Self.run(store, at: Self.start + 3660).queued == 2)
        let body = try #require(try store.messages(.pending).last?.body)
        #expect(body.contains("Time Period: \((Self.start + 3600).floored(toSeconds: 3600))"), "\(body)")
    }

    @Test("a budget that refuses calls is reported, although what is spent cannot reach its limit")
    func refusing() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        let runaway = Caller(team: "support", session: "run-1\u{1b}[2J\n")
        try Self.set(.each(.session), .day, "1", in: store)
        try Self.set(.session("own"), .day, "5", in: store)
        try Self.spend("0.70", "a", runaway, in: store)
        try Self.spend("0.60", "b", Caller(session: "run-2"), in: store)
        try Self.spend("3", "c", Caller(session: "own"), in: store)
        #expect(try Self.run(store, at: Self.start + 60).limits.map(\.definition.name) == ["session own, day"])
        let refused = RefusedRequest(
            requestId: "r",
            correlationId: "c",
            time: Self.start + 70,
            isSignedIn: true,
            caller: runaway,
            modelId: nil,
            code: "budget_exceeded",
            reason: Budget(scope: .each(.session), window: .day).refusalReason
        )
        try store.keep([refused])
        let run = try Self.run(store, at: Self.start + 120)
        #expect(run.limits.map(\.definition.name) == [#"session run-1\u{1b}[2J\u{a}, day"#, "session own, day"])
        #expect(run.limits.map(\.position.isRefusing) == [true, false] && run.queued == 1)
        let message = try #require(try store.messages(.pending).first)
        #expect(message.subject == #"BUDGET: "session run-1\u{1b}[2J\u{a}, day" calls are refused, no room in $1.00"#)
        #expect(message.body.contains("Alert Threshold: > $1.00 (100 %), or calls are refused\nACTUAL Amount: $0.70"))
        #expect(try Self.run(store, at: Self.start + 180).queued == 0)
    }

    @Test("the month of all calls is the file's to report, and without a file it is reported without a message")
    func month() throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try Self.set(.all, .month, "10", in: store)
        try Self.spend("9.5", "a", Caller(), in: store)
        #expect(try Self.run(store, at: Self.start + 60).limits.isEmpty)
        let run = try Self.run(store, at: Self.start + 120, hasFile: false)
        #expect(run.limits.flatMap(\.newlyCrossed).map(\.thresholdPercent) == [80, 90] && run.queued == 0)
    }
}
