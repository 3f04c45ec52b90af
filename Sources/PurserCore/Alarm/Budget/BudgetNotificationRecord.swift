/// A record of whether one threshold of a budget is crossed in a period, and how often a notification was sent.
package struct BudgetNotificationRecord: Sendable, Equatable {
    package var budget: String
    /// A month, `2026-11`, or the first moment of another period.
    package var period: String
    package var kind: BudgetDefinition.Kind
    package var threshold: Picodollars
    package var isCrossed: Bool
    /// The number of crossings that caused a notification.
    package var number: Int
    /// When the last notification was sent; meaningless before the first one.
    package var time: Timestamp

    package init(
        budget: String,
        period: String,
        kind: BudgetDefinition.Kind,
        threshold: Picodollars,
        isCrossed: Bool = false,
        number: Int = 0,
        time: Timestamp = Timestamp(milliseconds: 0)
    ) {
        self.budget = budget
        self.period = period
        self.kind = kind
        self.threshold = threshold
        self.isCrossed = isCrossed
        self.number = number
        self.time = time
    }

    /// Records whether the threshold is crossed, and returns whether to send a notification.
    ///
    /// For ACTUAL there is one notification a period, and for FORECASTED too if `isOnce`. Otherwise a forecast may cross the
    /// threshold again, which sends another notification, but at most one a day (UTC), because a forecast rises with every
    /// call and falls between calls.
    package mutating func note(isCrossed: Bool, isOnce: Bool = false, at now: Timestamp) -> Bool {
        let wasCrossed = self.isCrossed
        // Also after a clock that was ahead.
        let isOtherDay = now.floored(toSeconds: 86_400) != time.floored(toSeconds: 86_400)
        let isSent = isCrossed && (number == 0 || kind == .forecasted && !isOnce && !wasCrossed && isOtherDay)
        // A crossing too soon after the last one stays open; if it lasts, the notification is sent on the next day.
        self.isCrossed = isCrossed && (isSent || wasCrossed)
        if isSent {
            number += 1
            time = now
        }
        return isSent
    }
}
