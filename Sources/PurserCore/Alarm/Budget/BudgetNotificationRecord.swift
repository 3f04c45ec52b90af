/// Whether one threshold of a budget is crossed in a month, and how often that was told.
public struct BudgetNotificationRecord: Sendable, Equatable {
    public var budget: String
    public var month: CalendarMonth
    public var kind: BudgetDefinition.Kind
    public var threshold: Picodollars
    public var isCrossed: Bool
    /// Counts the crossings that were told.
    public var number: Int
    /// When it was last told; without meaning before the first time.
    public var time: Timestamp

    public init(
        budget: String,
        month: CalendarMonth,
        kind: BudgetDefinition.Kind,
        threshold: Picodollars,
        isCrossed: Bool = false,
        number: Int = 0,
        time: Timestamp = Timestamp(milliseconds: 0)
    ) {
        self.budget = budget
        self.month = month
        self.kind = kind
        self.threshold = threshold
        self.isCrossed = isCrossed
        self.number = number
        self.time = time
    }

    /// Notes how the threshold stands, and says whether that is to be told.
    ///
    /// ACTUAL is told once a month. A forecast may cross again, and is told again then, at most once a day (UTC): it moves up
    /// with every call and down between them.
    public mutating func note(isCrossed: Bool, at now: Timestamp) -> Bool {
        let wasCrossed = self.isCrossed
        let isOtherDay = now.floored(toSeconds: 86_400) > time.floored(toSeconds: 86_400)
        let isTold = isCrossed && (number == 0 || kind == .forecasted && !wasCrossed && isOtherDay)
        // A crossing that was too soon after the last one stays open, and is told on the next day if it lasts.
        self.isCrossed = isCrossed && (isTold || wasCrossed)
        if isTold {
            number += 1
            time = now
        }
        return isTold
    }
}
