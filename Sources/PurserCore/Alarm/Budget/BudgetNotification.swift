/// The message that reports that a budget's threshold was crossed.
///
/// AWS Budgets sends prose. This message has the same terms, one per line, so that people and programs can read it.
package struct BudgetNotification: Sendable, Equatable {
    private let budget: BudgetDefinition
    private let status: BudgetDefinition.NotificationStatus
    private let period: String
    private let time: Timestamp

    package init(
        budget: BudgetDefinition,
        status: BudgetDefinition.NotificationStatus,
        period: String,
        time: Timestamp
    ) {
        self.budget = budget
        self.status = status
        self.period = period
        self.time = time
    }

    private var percent: String {
        AlarmEvaluation.text(status.thresholdPercent, nil) + " %"
    }

    /// Whether calls are refused although the amount is not above the threshold.
    private var isRefusal: Bool {
        status.isCrossed && status.amount.map { $0 <= status.threshold } ?? false
    }

    /// `BUDGET: "chat-service" ACTUAL cost above 80 % of $25.00`, at most 100 ASCII characters.
    package var subject: String {
        let limit = "$" + budget.limit.exactDollars
        let cost = "\(status.kind.rawValue) cost above \(percent) of \(limit)"
        let end = "\" " + (isRefusal ? "calls are refused, no room in \(limit)" : cost)
        return SubjectText.text(before: "BUDGET: \"", name: budget.name, after: end)
    }

    package var body: String {
        let amount = status.amount ?? .zero
        return """
            Budget Name: \(budget.name)
            Budget Type: Cost
            Time Period: \(period)\(budget.resets.map { " to \($0.iso8601())" } ?? "")
            Budgeted Amount: $\(budget.limit.exactDollars)
            Alert Type: \(status.kind.rawValue)
            Alert Threshold: > $\(status.threshold.exactDollars) (\(percent))\(isRefusal ? ", or calls are refused" : "")
            \(status.kind.rawValue) Amount: $\(amount.exactDollars)
            As Of: \(time.iso8601())
            """
    }
}
