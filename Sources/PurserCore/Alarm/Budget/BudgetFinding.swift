/// What about a budget needs a person. Thresholds below the limit only notify.
package struct BudgetFinding: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable {
        /// More than the limit is spent.
        case overLimit
        /// The month is expected to end over the limit.
        case forecastOverLimit
        /// A large part of the limit is spent in the month's first two days, before there is enough traffic for a forecast.
        case aheadOfPlan
    }

    package var reason: Reason
    /// The amount spent, or the forecast.
    package var amount: Picodollars
    package var limit: Picodollars

    package init(reason: Reason, amount: Picodollars, limit: Picodollars) {
        self.reason = reason
        self.amount = amount
        self.limit = limit
    }

    /// How much of the limit the first two days of a month may cost, in percent. At an even rate they cost 7 %.
    private static let earlyPercent = 25

    /// The amount above which there is a finding, as a percentage of the limit.
    package var thresholdPercent: Int {
        reason == .aheadOfPlan ? Self.earlyPercent : 100
    }

    /// The amount above which there is a finding.
    package var threshold: Picodollars {
        Picodollars(limit.rawValue * Int128(thresholdPercent) / 100)
    }

    package var kind: BudgetDefinition.Kind {
        reason == .forecastOverLimit ? .forecasted : .actual
    }
}

/// What is known of a month's cost at a time.
package struct BudgetPosition: Sendable, Equatable {
    package var actual: Picodollars
    /// The expected cost of the month; nil before there is enough traffic for an alert.
    package var forecast: Picodollars?
    /// Whether there is no forecast because the month has only begun.
    package var isEarly: Bool
    /// Whether calls are refused because of the budget; the budget of a file refuses none.
    package var isRefusing = false

    package init(_ month: CalendarMonth, at: Timestamp, actual: Picodollars, forecast: PeriodForecast?) {
        self.init(
            actual: actual,
            forecast: forecast.flatMap { $0.isSure ? $0.mean : nil },
            isEarly: at < month.start + TrafficForecast.sureSeconds
        )
    }

    package init(actual: Picodollars, forecast: Picodollars? = nil, isEarly: Bool = false, isRefusing: Bool = false) {
        self.isRefusing = isRefusing
        self.actual = actual
        self.forecast = forecast
        self.isEarly = forecast == nil && isEarly
    }
}

extension BudgetDefinition {
    /// Returns the notifications of the file and, early in a month, one to all topics for a budget that is ahead of plan,
    /// unless the file has it.
    package func notifications(at position: BudgetPosition) -> [Notification] {
        let early = BudgetFinding(reason: .aheadOfPlan, amount: .zero, limit: limit)
        guard position.isEarly,
            !notifications.contains(where: { $0.kind == early.kind && $0.threshold == early.threshold })
        else { return notifications }
        let percent = Double(early.thresholdPercent)
        return notifications
            + [.init(kind: early.kind, threshold: early.threshold, thresholdPercent: percent, topics: topics)]
    }

    /// Returns the most serious finding; nil if the budget is on plan.
    package func finding(_ position: BudgetPosition) -> BudgetFinding? {
        BudgetFinding.Reason.allCases.lazy.map { reason in
            let amount = reason == .forecastOverLimit ? position.forecast ?? .zero : position.actual
            return BudgetFinding(reason: reason, amount: amount, limit: limit)
        }.first { $0.amount > $0.threshold && ($0.reason != .aheadOfPlan || position.isEarly) }
    }
}
