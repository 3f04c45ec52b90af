import PurserCore

/// The messages about a crossed budget threshold: one for each topic.
enum BudgetMessages {
    private static let runbook = "docs/runbooks/budget.md"

    static func make(
        _ budget: BudgetDefinition,
        _ notification: BudgetDefinition.Notification,
        _ status: BudgetDefinition.NotificationStatus,
        _ month: CalendarMonth,
        _ number: Int,
        at: Timestamp
    ) -> [OutboxMessage] {
        let text = BudgetNotification(budget: budget, status: status, month: month, time: at)
        return notification.topics.map { target in
            let parts = [
                "budget", budget.name, month.description, status.kind.rawValue, status.threshold.description,
                String(number), target,
            ]
            return OutboxMessage(
                id: parts.joined(separator: "/"),
                target: OutboxMessage.Target(target),
                subject: text.subject,
                body: text.body,
                attributes: [.init("runbook", runbook)],
                about: .budget(budget.name, month),
                created: at
            )
        }
    }
}
