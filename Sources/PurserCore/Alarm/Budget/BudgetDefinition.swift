/// A monthly budget in the form of AWS Budgets: a limit, and notifications to send when thresholds are crossed.
package struct BudgetDefinition: Sendable, Equatable {
    /// The amount that is compared with a threshold: AWS Budgets' NotificationType.
    package enum Kind: String, Sendable, CaseIterable {
        /// The amount spent so far.
        case actual = "ACTUAL"
        /// The amount expected for the whole month.
        case forecasted = "FORECASTED"
    }

    package struct Notification: Sendable, Equatable {
        package var kind: Kind
        /// The amount above which the notification is due.
        package var threshold: Picodollars
        /// The threshold as a percentage of the limit.
        package var thresholdPercent: Double
        /// The topics to notify, as ARNs.
        package var topics: [String]

        package init(kind: Kind, threshold: Picodollars, thresholdPercent: Double, topics: [String] = []) {
            self.kind = kind
            self.threshold = threshold
            self.thresholdPercent = thresholdPercent
            self.topics = topics
        }

        /// Returns whether the notification is due; without a forecast, no FORECASTED threshold is crossed. The whole limit
        /// is used up when calls are refused.
        package func status(_ position: BudgetPosition) -> NotificationStatus {
            let amount = kind == .actual ? position.actual : position.forecast
            let isUsedUp = kind == .actual && thresholdPercent >= 100 && position.isRefusing
            return NotificationStatus(
                kind: kind,
                threshold: threshold,
                thresholdPercent: thresholdPercent,
                amount: amount,
                isCrossed: isUsedUp || amount.map { $0 > threshold } ?? false
            )
        }
    }

    /// A notification and its status in a month.
    package struct NotificationStatus: Sendable, Equatable {
        package var kind: Kind
        package var threshold: Picodollars
        package var thresholdPercent: Double
        /// The amount compared with the threshold; nil if there is no forecast yet.
        package var amount: Picodollars?
        /// Whether the amount is above the threshold; an amount equal to it is not.
        package var isCrossed: Bool

        package init(
            kind: Kind,
            threshold: Picodollars,
            thresholdPercent: Double,
            amount: Picodollars?,
            isCrossed: Bool
        ) {
            self.kind = kind
            self.threshold = threshold
            self.thresholdPercent = thresholdPercent
            self.amount = amount
            self.isCrossed = isCrossed
        }
    }

    /// The shipped runbook for budgets.
    package static let runbook = "docs/runbooks/budget.md"

    package var name: String
    /// The amount that a calendar month in UTC may cost.
    package var limit: Picodollars
    /// When the present period ends; nil for a month of a file, whose name says it.
    package var resets: Timestamp?
    /// In the file's order.
    package var notifications: [Notification]
    /// Addresses that still hold a `${Name}` without a value: no notification is sent to them.
    package var unfilledActions: [String]

    package init(
        name: String,
        limit: Picodollars,
        resets: Timestamp? = nil,
        notifications: [Notification] = [],
        unfilledActions: [String] = []
    ) {
        self.resets = resets
        self.name = name
        self.limit = limit
        self.notifications = notifications
        self.unfilledActions = unfilledActions
    }

    /// The topics of all notifications, each once.
    package var topics: [String] {
        notifications.flatMap(\.topics).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Returns each notification's status, in the file's order.
    package func statuses(at position: BudgetPosition) -> [NotificationStatus] {
        notifications.map { $0.status(position) }
    }
}
