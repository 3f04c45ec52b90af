/// What about a budget needs a person. Thresholds below the limit only notify.
package struct BudgetFinding: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable {
        /// More than the limit is spent.
        case overLimit
        /// The month is expected to end over the limit.
        case forecastOverLimit
        /// A large part of the limit is spent before there is enough traffic for a forecast.
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

    /// How much of the limit the first two days of traffic may cost, in percent. At an even rate they cost 7 % of a month.
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

extension BudgetDefinition {
    /// Returns the notifications of the file and, as long as there is no forecast, one to all topics for a budget
    /// that is ahead of plan, unless the file has it.
    package func notifications(hasForecast: Bool) -> [Notification] {
        let early = BudgetFinding(reason: .aheadOfPlan, amount: .zero, limit: limit)
        guard !hasForecast,
            !notifications.contains(where: { $0.kind == early.kind && $0.threshold == early.threshold })
        else { return notifications }
        var topics: [String] = []
        for topic in notifications.flatMap(\.topics) where !topics.contains(topic) { topics.append(topic) }
        let percent = Double(early.thresholdPercent)
        return notifications
            + [.init(kind: early.kind, threshold: early.threshold, thresholdPercent: percent, topics: topics)]
    }

    /// Returns the most serious finding; nil if the budget is on plan. `forecast` is nil before there are two days
    /// of traffic.
    package func finding(actual: Picodollars, forecast: Picodollars?) -> BudgetFinding? {
        BudgetFinding.Reason.allCases.lazy.map { reason in
            let amount = reason == .forecastOverLimit ? forecast ?? .zero : actual
            return BudgetFinding(reason: reason, amount: amount, limit: limit)
        }.first { $0.amount > $0.threshold && ($0.reason != .aheadOfPlan || forecast == nil) }
    }
}
