/// What the present period of a budget in the store has used, of one name if the budget is for each name.
package struct BudgetUse: Sendable, Equatable {
    /// The shares of a limit, in percent, whose crossing is reported. The last one is also crossed when calls are refused,
    /// because what is spent and held never exceeds the limit.
    package static let thresholds = [80, 90, 100]
    /// The most names of one budget for each name that are reported.
    package static let mostNames = 20

    /// With that name as its scope.
    package var budget: Budget
    package var limit: Picodollars
    package var period: Range<Timestamp>
    package var spent: Picodollars
    /// Whether a call was refused in the period because of this budget.
    package var isRefusing: Bool

    package init(
        budget: Budget,
        limit: Picodollars,
        period: Range<Timestamp>,
        spent: Picodollars,
        isRefusing: Bool
    ) {
        self.budget = budget
        self.limit = limit
        self.period = period
        self.spent = spent
        self.isRefusing = isRefusing
    }

    /// Whether any of the thresholds is crossed.
    package var isNear: Bool {
        isRefusing || spent.rawValue * 100 > limit.rawValue * Int128(Self.thresholds[0])
    }

    /// Returns the budget with its thresholds as notifications to these topics.
    package func definition(topics: [String]) -> BudgetDefinition {
        BudgetDefinition(
            name: budget.title,
            limit: limit,
            notifications: Self.thresholds.map { percent in
                .init(
                    kind: .actual,
                    threshold: Picodollars(limit.rawValue * Int128(percent) / 100),
                    thresholdPercent: Double(percent),
                    topics: topics
                )
            }
        )
    }
}

extension Budget {
    /// Whose budget it is and for how long, as messages name it: `team support, day`.
    package var title: String {
        // A name may be the caller's own word, and the title goes into mails.
        let name = scope.name.map {
            String(String.UnicodeScalarView($0.unicodeScalars.filter { !$0.isUnsafeOnTerminals }))
        }
        return ([scope.word] + [name].compactMap(\.self)).joined(separator: " ") + ", " + window.rawValue
    }

    /// What kind of message a caller gets whose call this budget refuses, in fixed words.
    package var refusalReason: String {
        "budget of " + scope.kindInWords + (window == .month ? "" : " for the \(window.rawValue)")
    }
}

extension BudgetScope {
    /// The kind with its article: `a team`.
    package var kindInWords: String {
        switch kind {
        case .all: kind.word
        case .accessKey, .application: "an " + kind.word
        case .team, .user, .session: "a " + kind.word
        }
    }
}
