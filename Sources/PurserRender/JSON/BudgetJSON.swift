package import PurserCore

/// Budgets for programs; amounts of money are exact decimal text.
package enum BudgetJSON {
    /// Returns the budgets of a month: schema `purser.budget-show/1`. `alertLimit` is the limit in budget.json.
    /// `restored` is the last time that a copy took the place of the store.
    package static func list(
        _ lines: [BudgetLine],
        _ month: CalendarMonth,
        alertLimit: Picodollars?,
        restored: Restoration?
    ) -> JSONValue {
        JSONValue(
            schema: "purser.budget-show/1",
            [
                "month": .string(month.description), "resetsAt": .string(month.end.iso8601()), "currency": "USD",
                "alertLimit": JSONValue(alertLimit?.description),
                "restoredAt": JSONValue(restored?.time.iso8601()),
                "restoredFrom": JSONValue(restored?.copied?.iso8601()), "budgets": .array(lines.map(line)),
            ]
        )
    }

    /// Returns a budget that was set: schema `purser.budget-set/1`.
    package static func set(before: BudgetLine, after: BudgetLine) -> JSONValue {
        JSONValue(
            schema: "purser.budget-set/1",
            ["before": JSONValue(before.limit?.description), "budget": line(after)]
        )
    }

    private static func line(_ line: BudgetLine) -> JSONValue {
        [
            "scope": .string(key(line.scope)), "name": JSONValue(line.scope.name),
            "limit": JSONValue(line.limit?.description), "spent": .string(line.spent.description),
            "held": .string(line.held.description), "remaining": JSONValue(line.remaining?.description),
            "imported": .string(line.nonLive.imported.description),
            "simulated": .string(line.nonLive.simulated.description),
            "source": line.source.map { $0 == .store ? "store" : "environment" } ?? .null,
        ]
    }

    /// Returns the scope as the options of `budget set` name it.
    private static func key(_ scope: BudgetScope) -> String {
        switch scope {
        case .all: "all"
        case .team: "team"
        case .user: "user"
        case .accessKey: "key"
        }
    }
}
