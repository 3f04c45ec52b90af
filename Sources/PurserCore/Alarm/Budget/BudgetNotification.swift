/// The message that reports that a budget's threshold was crossed.
///
/// AWS Budgets sends prose. This message has the same terms, one per line, so that people and programs can read it.
package struct BudgetNotification: Sendable, Equatable {
    private let budget: BudgetDefinition
    private let status: BudgetDefinition.NotificationStatus
    private let month: CalendarMonth
    private let time: Timestamp

    package init(
        budget: BudgetDefinition,
        status: BudgetDefinition.NotificationStatus,
        month: CalendarMonth,
        time: Timestamp
    ) {
        self.budget = budget
        self.status = status
        self.month = month
        self.time = time
    }

    private var percent: String {
        AlarmEvaluation.text(status.thresholdPercent, nil) + " %"
    }

    /// `BUDGET: "chat-service" ACTUAL cost above 80 % of $25.00`, at most 100 ASCII characters.
    package var subject: String {
        let limit = "$" + budget.limit.exactDollars
        let end = "\" \(status.kind.rawValue) cost above \(percent) of \(limit)"
        return SubjectText.text(before: "BUDGET: \"", name: budget.name, after: end)
    }

    package var body: String {
        let amount = status.amount ?? .zero
        return """
            Budget Name: \(budget.name)
            Budget Type: Cost
            Time Period: \(month)
            Budgeted Amount: $\(budget.limit.exactDollars)
            Alert Type: \(status.kind.rawValue)
            Alert Threshold: > $\(status.threshold.exactDollars) (\(percent))
            \(status.kind.rawValue) Amount: $\(amount.exactDollars)
            As Of: \(time.iso8601())
            """
    }
}
