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
    /// Whether the budget is one for each name.
    package var isOfEach: Bool

    package init(
        budget: Budget,
        limit: Picodollars,
        period: Range<Timestamp>,
        spent: Picodollars,
        isRefusing: Bool,
        isOfEach: Bool = false
    ) {
        self.budget = budget
        self.limit = limit
        self.period = period
        self.spent = spent
        self.isRefusing = isRefusing
        self.isOfEach = isOfEach
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
            resets: period.upperBound,
            notifications: Self.thresholds.map { percent in
                .init(
                    kind: .actual,
                    threshold: Picodollars(limit.rawValue * Int128(percent) / 100),
                    thresholdPercent: Double(percent),
                    topics: topics
                )
            }
                + (budget.window.isForecast
                    ? [.init(kind: .forecasted, threshold: limit, thresholdPercent: 100, topics: topics)] : [])
        )
    }
}

extension Budget {
    /// Whose budget it is and for how long, as messages name it: `team support, day`.
    package var title: String {
        ([scope.word] + [scope.name.map(Self.inTitle)].compactMap(\.self)).joined(separator: " ") + ", "
            + window.rawValue
    }

    private static let longestName = 60

    /// Returns a name, which may be the caller's own word, for mails: control characters are written as their numbers, and
    /// of a long name the end is replaced by a hash, so that two names stay two.
    private static func inTitle(_ name: String) -> String {
        let plain = name.unicodeScalars.map { scalar in
            scalar.isUnsafeOnTerminals ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
        guard plain.unicodeScalars.count > longestName else { return plain }
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(String.UnicodeScalarView(plain.unicodeScalars.prefix(longestName))) + "~"
            + String(hash, radix: 16)
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
