import PurserCore

/// The messages about a crossed budget threshold: one for each topic.
enum BudgetMessages {
    static func make(
        _ budget: BudgetDefinition,
        _ notification: BudgetDefinition.Notification,
        _ status: BudgetDefinition.NotificationStatus,
        _ period: String,
        _ number: Int,
        at: Timestamp
    ) -> [OutboxMessage] {
        let text = BudgetNotification(budget: budget, status: status, period: period, time: at)
        return notification.topics.map { target in
            OutboxMessage(
                id: idStart(budget.name, period, status.kind, status.threshold, number) + target,
                target: OutboxMessage.Target(target),
                subject: text.subject,
                body: text.body,
                attributes: [.init("runbook", BudgetDefinition.runbook)],
                about: .budget(budget.name, period: period),
                created: at
            )
        }
    }

    /// Returns what the ids of a notification's messages begin with; the topic follows.
    static func idStart(
        _ budget: String,
        _ period: String,
        _ kind: BudgetDefinition.Kind,
        _ threshold: Picodollars,
        _ number: Int
    ) -> String {
        ["budget", budget, period, kind.rawValue, threshold.description, String(number), ""]
            .joined(separator: "/")
    }
}
