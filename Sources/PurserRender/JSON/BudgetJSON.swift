package import PurserCore

/// Budgets for programs; amounts of money are exact decimal text.
package enum BudgetJSON {
    /// Returns the budgets and what is used of each: schema `purser.budget-show/1`. `alertLimit` is the limit in
    /// budget.json. `restored` is the last time that a copy took the place of the store.
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
                "restoredFrom": JSONValue(restored?.copied?.iso8601()),
                "budgets": .array(
                    lines.map {
                        .object(members($0) + [.init("forecast", ForecastJSON.forecast($0.forecast, $0.outlook))])
                    }
                ),
            ]
        )
    }

    /// Returns what people set: schema `purser.budget-list/1`.
    package static func definitions(_ budgets: [Budget]) -> JSONValue {
        JSONValue(
            schema: "purser.budget-list/1",
            ["currency": "USD", "budgets": .array(budgets.map { .object(members($0)) })]
        )
    }

    /// Returns a budget that was set: schema `purser.budget-set/1`.
    package static func set(before: BudgetLine, after: BudgetLine) -> JSONValue {
        JSONValue(
            schema: "purser.budget-set/1",
            ["before": JSONValue(before.budget.limit?.description), "budget": .object(members(after))]
        )
    }

    /// Returns a budget that was removed: schema `purser.budget-remove/1`.
    package static func removed(_ budget: Budget) -> JSONValue {
        JSONValue(schema: "purser.budget-remove/1", ["removed": .object(members(budget))])
    }

    private static func members(_ budget: Budget) -> [JSONValue.Member] {
        [
            .init("scope", .string(budget.scope.kind.option)), .init("each", .bool(budget.scope.isEach)),
            .init("name", JSONValue(budget.scope.name)), .init("window", .string(budget.window.rawValue)),
            .init("timeZone", .string(budget.zone.name)), .init("limit", JSONValue(budget.limit?.description)),
            .init("requestLimit", budget.requests.map(JSONValue.integer) ?? .null),
        ]
    }

    private static func members(_ line: BudgetLine) -> [JSONValue.Member] {
        members(line.budget) + [
            .init("from", .string(line.period.lowerBound.iso8601())),
            .init("resetsAt", .string(line.period.upperBound.iso8601())),
            .init("fullest", JSONValue(line.fullest)),
            .init("spent", .string(line.used.spent.description)),
            .init("held", .string(line.used.held.description)),
            .init("remaining", JSONValue(line.remaining?.description)),
            .init("requests", .integer(line.used.requests)),
            .init("imported", .string(line.nonLive.imported.description)),
            .init("simulated", .string(line.nonLive.simulated.description)),
            .init("source", line.source.map { $0 == .store ? "store" : "environment" } ?? .null),
        ]
    }
}
