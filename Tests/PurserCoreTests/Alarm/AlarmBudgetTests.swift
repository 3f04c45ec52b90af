import PurserCore
import Testing

@Suite struct AlarmBudgetTests {
    private static func shipped() throws -> String {
        try #require(try AlarmFixture.shippedFiles().first { AlarmSet.isBudget($0.name) }).text
    }

    private static func dollars(_ text: String) throws -> Picodollars {
        try #require(Picodollars(dollars: text))
    }

    @Test("the shipped budget is 25 dollars a month and notifies at 50, 80 and 100 % and on the forecast")
    func shippedBudget() throws {
        let read = BudgetDefinition.read(
            json: try Self.shipped(),
            file: "budget.json",
            parameters: ["TopicArn": AlarmFixture.topic]
        )
        #expect(read.diagnostics.isEmpty)
        let budget = try #require(read.definition)
        #expect(budget.limit == (try Self.dollars("25")))
        #expect(budget.notifications.map(\.kind) == [.actual, .actual, .actual, .forecasted])
        #expect(budget.notifications.map(\.thresholdPercent) == [50, 80, 100, 100])
        #expect(budget.notifications.map(\.threshold.cents) == ["12.50", "20.00", "25.00", "25.00"])
        #expect(budget.notifications.allSatisfy { $0.topics == [AlarmFixture.topic] })
        #expect(budget.unfilledActions == [])
    }

    @Test("an address whose parameter has no value is listed separately")
    func unfilledAddress() throws {
        let budget = try #require(BudgetDefinition.read(json: try Self.shipped(), file: "budget.json").definition)
        #expect(budget.unfilledActions == ["${TopicArn}"])
        #expect(budget.notifications.allSatisfy { $0.topics.isEmpty })
    }

    @Test(
        "an amount above the threshold crosses it; an equal amount does not",
        arguments: [
            ("12.5", nil, [false, false, false, false]), ("12.500000000001", nil, [true, false, false, false]),
            ("20", "25", [true, false, false, false]), ("20.01", "25.01", [true, true, false, true]),
            ("25.01", "25.01", [true, true, true, true]), ("0", "30", [false, false, false, true]),
        ] as [(String, String?, [Bool])]
    )
    func crossing(actual: String, forecast: String?, expected: [Bool]) throws {
        let budget = try #require(BudgetDefinition.read(json: try Self.shipped(), file: "budget.json").definition)
        let position = BudgetPosition(
            actual: try Self.dollars(actual),
            forecast: try forecast.map { try Self.dollars($0) }
        )
        let statuses = budget.statuses(at: position)
        #expect(statuses.map(\.isCrossed) == expected)
        #expect(statuses.last?.amount == (try forecast.map { try Self.dollars($0) }))
    }

    @Test("an absolute threshold is in dollars")
    func absoluteThreshold() throws {
        let json = try Self.shipped().replacing("\"Threshold\": 50,", with: "\"Threshold\": 12.34,")
            .replacing("PERCENTAGE", with: "ABSOLUTE_VALUE")
        let budget = try #require(BudgetDefinition.read(json: json, file: "budget.json").definition)
        #expect(budget.notifications[0].threshold == (try Self.dollars("12.34")))
        #expect(budget.notifications[0].thresholdPercent == 49.36)
    }

    @Test(
        "each constraint is checked",
        arguments: [
            (#""Amount": "25""#, #""Amount": 25"#, "Budget.BudgetLimit.Amount: must be a string, not a number"),
            (#""Amount": "25""#, #""Amount": "25 USD""#, "Budget.BudgetLimit.Amount: `25 USD` is not allowed"),
            (#""Amount": "25""#, #""Amount": "0""#, "Budget.BudgetLimit.Amount: `0` is not allowed"),
            (#""Unit": "USD""#, #""Unit": "EUR""#, "Budget.BudgetLimit.Unit: `EUR` is not allowed; allowed: USD"),
            ("MONTHLY", "DAILY", "Budget.TimeUnit: `DAILY` is not allowed; allowed: MONTHLY"),
            (
                #""BudgetType": "COST""#, #""CostFilters": {}"#,
                "Budget.CostFilters: cost filters are not supported by this version"
            ),
            (#""BudgetType": "COST""#, #""Type": "COST""#, "Budget.Type: unknown key of a Budget; allowed: "),
            (
                "\"Threshold\": 80", "\"Threshold\": -80",
                "NotificationsWithSubscribers[1].Notification.Threshold: -80.0 is not allowed"
            ),
            (
                "GREATER_THAN", "LESS_THAN",
                "NotificationsWithSubscribers[0].Notification.ComparisonOperator: `LESS_THAN` is not allowed; allowed: GREATER_THAN"
            ),
            (
                "\"SNS\"", "\"EMAIL\"",
                "NotificationsWithSubscribers[0].Subscribers[0].SubscriptionType: `EMAIL` is not allowed; allowed: SNS"
            ),
            (
                "${TopicArn}", "me@example.com",
                "NotificationsWithSubscribers[0].Subscribers[0].Address: `me@example.com` is not allowed"
            ),
        ]
    )
    func constraints(old: String, new: String, expected: String) throws {
        let json = try Self.shipped().replacing(old, with: new)
        let read = BudgetDefinition.read(json: json, file: "b.json")
        #expect(read.definition == nil)
        let found = read.diagnostics.map(\.description)
        #expect(found.contains { $0.hasPrefix("b.json: " + expected) }, "\(found)")
    }
}
