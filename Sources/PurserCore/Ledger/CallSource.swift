/// Where a call of the ledger comes from. Only live calls use up budgets and the quota of purserd.
package enum CallSource: String, Sendable, CaseIterable {
    /// Made through this service.
    case live
    /// Made without Purser and read from Bedrock's invocation log.
    case imported
    /// Made by a replay or a demonstration, which call no model.
    case simulated
}

/// Totals of calls, by where the calls come from.
package struct SourceTotals: Sendable, Equatable {
    private var totals: [CallSource: MonthTotal] = [:]

    package init() {}

    package subscript(source: CallSource) -> MonthTotal {
        get { totals[source] ?? MonthTotal() }
        set { totals[source] = newValue == MonthTotal() ? nil : newValue }
    }

    /// The calls that a quota is compared with: the live ones. Simulated calls have a quota of their own, which is the one
    /// to show before the month's first live call.
    package var quotaRequests: Int {
        self[.live].requests > 0 ? self[.live].requests : self[.simulated].requests
    }

    /// The totals of all calls.
    package var all: MonthTotal {
        CallSource.allCases.reduce(into: MonthTotal()) { $0.add(self[$1]) }
    }
}

extension MonthTotal {
    mutating func add(_ other: MonthTotal) {
        requests += other.requests
        spent += other.spent
        held += other.held
    }
}

/// What calls cost that are not live: they are in every report and use up no budget.
package struct NonLiveCost: Sendable, Equatable {
    package var imported: Picodollars
    package var simulated: Picodollars

    package init(imported: Picodollars = .zero, simulated: Picodollars = .zero) {
        self.imported = imported
        self.simulated = simulated
    }

    package init(_ totals: SourceTotals) {
        self.init(imported: totals[.imported].spent, simulated: totals[.simulated].spent)
    }

    package var total: Picodollars {
        imported + simulated
    }
}
