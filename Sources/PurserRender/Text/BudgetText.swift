package import PurserCore

/// Budgets as text.
package enum BudgetText {
    package static func list(_ lines: [BudgetLine], _ month: CalendarMonth) -> TextTable {
        TextTable(
            [
                .init("BUDGET"), .init("NAME", leastWidth: 8), .init("LIMIT", .trailing), .init("SPENT", .trailing),
                .init("HELD", .trailing), .init("REMAINING", .trailing), .init("RESETS", dropRank: 1),
                .init("SET BY", dropRank: 2),
            ],
            rows: lines.map { line in
                [
                    line.scope.word, line.scope.name ?? "", line.limit?.exactDollars ?? "none", line.spent.cents,
                    line.held.cents, line.remaining?.cents ?? "", month.end.iso8601(), source(line) ?? "",
                ]
            }
        )
    }

    /// Returns a note about calls that use up no budget; nil if the month has none.
    package static func nonLive(_ lines: [BudgetLine]) -> String? {
        guard let whole = lines.first?.nonLive, whole.total > .zero else { return nil }
        return "also in the store, and using up no budget: " + whole.parts
    }

    private static func source(_ line: BudgetLine) -> String? {
        line.source.map { $0 == .store ? "the store" : "PURSERD_BUDGET_USD" }
    }

    /// Returns the text for a budget that was set, and what it was before.
    package static func set(before: BudgetLine, after: BudgetLine) -> String {
        let title = (["budget of", after.scope.word] + [after.scope.name].compactMap(\.self)).joined(separator: " ")
        return "\(title): \(limit(after)), previously \(limit(before))"
    }

    private static func limit(_ line: BudgetLine) -> String {
        guard let limit = line.limit else { return "none" }
        return limit.exactDollars + (line.source == .store ? "" : " by PURSERD_BUDGET_USD")
    }

    /// Returns a note for reports that compare with budget.json, if the store rejects calls at a different amount.
    package static func difference(alerts: Picodollars?, calls: Picodollars?) -> String? {
        guard let alerts, let calls, alerts != calls else { return nil }
        return "budget.json notifies at \(alerts.inDollars) a month, but calls are refused at \(calls.inDollars)"
    }
}
