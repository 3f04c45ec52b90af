extension BudgetDefinition {
    /// Reads a budget in the form that AWS Budgets' create-budget accepts: Budget and NotificationsWithSubscribers.
    ///
    /// All faults of the file are reported together, each with its key and the allowed values; if there are any, the
    /// definition is nil. `${Name}` in a string is filled in from the parameters. An address left unfilled is not a
    /// fault.
    package static func read(
        json text: String,
        file: String,
        parameters: [String: String] = [:]
    ) -> (definition: BudgetDefinition?, diagnostics: [Diagnostic]) {
        let json: JSONValue
        do {
            json = ParameterFilling.fill(try JSONValue(parsing: text), parameters)
        } catch {
            return (nil, [Diagnostic(file: file, error.description)])
        }
        var reader = BudgetReader(file: file)
        let definition = reader.budget(JSONPlace(value: json, path: ""))
        let diagnostics = reader.faults.diagnostics
        return (diagnostics.isEmpty ? definition : nil, diagnostics)
    }
}

private enum TimeUnit: String, CaseIterable { case monthly = "MONTHLY" }
private enum BudgetType: String, CaseIterable { case cost = "COST" }
private enum BudgetComparison: String, CaseIterable { case greaterThan = "GREATER_THAN" }
private enum SubscriptionType: String, CaseIterable { case sns = "SNS" }
private enum LimitUnit: String, CaseIterable { case dollars = "USD" }
private enum ThresholdType: String, CaseIterable {
    case percentage = "PERCENTAGE"
    case absolute = "ABSOLUTE_VALUE"
}

/// Reads one budget file.
private struct BudgetReader {
    var faults: DefinitionReader
    private var unfilled: [String] = []

    // AWS Budgets' limits.
    private static let mostNotifications = 10
    private static let mostSubscribers = 11
    // This is above any bill, and small enough for products to be exact.
    private static let largestAmount = Picodollars(Picodollars.dollar.rawValue * 1_000_000_000)
    private static let largestThreshold = 1e9

    init(file: String) {
        faults = DefinitionReader(file: file)
    }

    mutating func budget(_ root: JSONPlace) -> BudgetDefinition? {
        guard root.value.members != nil else {
            faults.fault(nil, "a budget must be an object, not \(root.value.kind)")
            return nil
        }
        let keys = ["AccountId", "Budget", "NotificationsWithSubscribers"]
        faults.checkKeys(of: root, supported: keys, of: "create-budget")
        _ = faults.text(root, "AccountId", length: 12...12, mayBeUnfilled: true)
        guard let budget = faults.object(root, "Budget", isRequired: true) else { return nil }
        faults.checkKeys(
            of: budget,
            supported: ["BudgetName", "BudgetLimit", "TimeUnit", "BudgetType"],
            unsupported: [
                "PlannedBudgetLimits": "planned limits are", "CostFilters": "cost filters are",
                "CostTypes": "cost types are", "TimePeriod": "time periods are",
                "AutoAdjustData": "self-adjusting budgets are", "FilterExpression": "filters are",
                "Metrics": "the choice of metrics is",
            ],
            of: "a Budget"
        )
        let name = faults.text(budget, "BudgetName", isRequired: true, length: 1...100)
        _ = faults.choice(budget, "TimeUnit", isRequired: true, TimeUnit.self)
        _ = faults.choice(budget, "BudgetType", isRequired: true, BudgetType.self)
        let limit = limit(budget)
        var notifications: [BudgetDefinition.Notification] = []
        for place in faults.list(root, "NotificationsWithSubscribers", most: Self.mostNotifications) {
            if let notification = notification(place, limit) { notifications.append(notification) }
        }
        guard let name, let limit else { return nil }
        return BudgetDefinition(name: name, limit: limit, notifications: notifications, unfilledActions: unfilled)
    }

    private mutating func limit(_ budget: JSONPlace) -> Picodollars? {
        guard let place = faults.object(budget, "BudgetLimit", isRequired: true) else { return nil }
        faults.checkKeys(of: place, supported: ["Amount", "Unit"], of: "a BudgetLimit")
        _ = faults.choice(place, "Unit", isRequired: true, LimitUnit.self)
        guard let text = faults.text(place, "Amount", isRequired: true, length: 1...100) else { return nil }
        guard let amount = Picodollars(dollars: text), amount > .zero, amount <= Self.largestAmount else {
            let allowed = "plain decimals above 0 and up to 1000000000, such as \"25\" or \"12.50\""
            faults.fault(place.path(of: "Amount"), "`\(text)` is not allowed; allowed: \(allowed)")
            return nil
        }
        return amount
    }

    private mutating func notification(_ place: JSONPlace, _ limit: Picodollars?) -> BudgetDefinition.Notification? {
        faults.checkKeys(of: place, supported: ["Notification", "Subscribers"], of: "a NotificationWithSubscribers")
        let topics = topics(place)
        guard let inner = faults.object(place, "Notification", isRequired: true) else { return nil }
        faults.checkKeys(
            of: inner,
            supported: ["NotificationType", "ComparisonOperator", "Threshold", "ThresholdType"],
            unsupported: ["NotificationState": "notification states are"],
            of: "a Notification"
        )
        let kind = faults.choice(inner, "NotificationType", isRequired: true, BudgetDefinition.Kind.self)
        _ = faults.choice(inner, "ComparisonOperator", isRequired: true, BudgetComparison.self)
        let type = faults.choice(inner, "ThresholdType", ThresholdType.self) ?? .percentage
        guard let number = faults.number(inner, "Threshold", isRequired: true) else { return nil }
        guard number > 0, number <= Self.largestThreshold else {
            let allowed = "a number above 0 and up to 1000000000"
            faults.fault(inner.path(of: "Threshold"), "\(number) is not allowed; allowed: \(allowed)")
            return nil
        }
        guard let kind, let limit else { return nil }
        // A millionth of a dollar or of a percent is the finest threshold.
        let millionths = Int128((number * 1e6).rounded())
        switch type {
        case .percentage:
            let threshold = Picodollars(limit.rawValue * millionths / 100_000_000)
            return .init(kind: kind, threshold: threshold, thresholdPercent: number, topics: topics)
        case .absolute:
            let threshold = Picodollars(millionths * 1_000_000)
            let percent = 100 * threshold.dollars / limit.dollars
            return .init(kind: kind, threshold: threshold, thresholdPercent: percent, topics: topics)
        }
    }

    private mutating func topics(_ place: JSONPlace) -> [String] {
        var topics: [String] = []
        for subscriber in faults.list(place, "Subscribers", isRequired: true, most: Self.mostSubscribers) {
            faults.checkKeys(of: subscriber, supported: ["SubscriptionType", "Address"], of: "a Subscriber")
            _ = faults.choice(subscriber, "SubscriptionType", isRequired: true, SubscriptionType.self)
            guard
                let address = faults.text(
                    subscriber,
                    "Address",
                    isRequired: true,
                    length: 1...1024,
                    mayBeUnfilled: true
                )
            else { continue }
            if ParameterFilling.unfilled(in: address) != nil {
                if !unfilled.contains(address) { unfilled.append(address) }
            } else if TopicARN(address) != nil {
                topics.append(address)
            } else {
                faults.fault(
                    subscriber.path(of: "Address"),
                    "`\(address)` is not allowed; allowed: arn:aws:sns:REGION:ACCOUNT:TOPIC"
                )
            }
        }
        return topics
    }
}
