package import PurserCore

/// Budgets as text.
package enum BudgetText {
    /// Returns the budgets and what is used of each.
    package static func list(_ lines: [BudgetLine]) -> TextTable {
        TextTable(
            [
                .init("BUDGET"), .init("NAME", leastWidth: 8), .init("WINDOW"), .init("LIMIT", .trailing),
                .init("SPENT", .trailing), .init("HELD", .trailing, dropRank: 2), .init("REMAINING", .trailing),
                .init("REQUESTS", .trailing, dropRank: 1), .init("FORECAST", .trailing),
                .init("80 % INTERVAL", .trailing, dropRank: 4), .init("OVER", .trailing, dropRank: 3),
                .init("RUNS OUT", dropRank: 3), .init("RESETS", dropRank: 5), .init("SET BY", dropRank: 6),
            ],
            rows: lines.map { line in
                [
                    line.budget.scope.word, name(line), line.budget.window.rawValue, limit(line.budget, short: true),
                    amount(line.used.spent, line), amount(line.used.held, line), remaining(line), requests(line),
                ] + forecast(line) + [
                    line.period.upperBound.iso8601(), source(line) ?? "",
                ]
            }
        )
    }

    /// Returns the mean, the interval, how likely the period has more than its limit, and what runs out when.
    private static func forecast(_ line: BudgetLine) -> [String] {
        let end: String =
            switch line.outlook {
            case .reached(let ceiling): "\(ceiling.unit) used up"
            case .first(let ceiling, let time): "\(ceiling.unit) \(time)"
            case .unlimited, .unknown, .lasts: ""
            }
        guard let forecast = line.forecast else { return ["", "", "", end] }
        let interval = forecast.low.flatMap { low in forecast.high.map { "\(low.cents) to \($0.cents)" } }
        return [
            forecast.isSure ? forecast.mean.cents : "", interval ?? forecast.withoutInterval,
            forecast.probabilityOver.map { NumberText.percent($0 * 100) } ?? "", end,
        ]
    }

    private static func name(_ line: BudgetLine) -> String {
        line.budget.scope.name ?? line.fullest.map { "most: " + $0 } ?? ""
    }

    /// Returns an amount with as many decimals as it takes to compare it with the limit.
    private static func amount(_ amount: Picodollars, _ line: BudgetLine) -> String {
        guard let limit = line.budget.limit, amount > .zero else { return amount.cents }
        return amount == limit ? limit.exactDollars : ComparedText.dollars(amount, limit).0.replacing("$", with: "")
    }

    /// What is left of the amount or, without one, of the requests.
    private static func remaining(_ line: BudgetLine) -> String {
        if let remaining = line.remaining { return amount(remaining, line) }
        return line.budget.requests.map { NumberText.grouped(max(0, $0 - line.used.requests)) + " requests" } ?? ""
    }

    private static func requests(_ line: BudgetLine) -> String {
        NumberText.grouped(line.used.requests) + (line.budget.requests.map { " of " + NumberText.grouped($0) } ?? "")
    }

    /// Returns what people set: schema `purser.budget-list/1` as text.
    package static func definitions(_ budgets: [Budget]) -> TextTable {
        TextTable(
            [
                .init("BUDGET"), .init("NAME", leastWidth: 8), .init("WINDOW"), .init("LIMIT", .trailing),
                .init("REQUESTS", .trailing), .init("TIME ZONE", dropRank: 1),
            ],
            rows: budgets.map { budget in
                [
                    budget.scope.word, budget.scope.name ?? "", budget.window.rawValue,
                    budget.limit?.exactDollars ?? "none", budget.requests.map(NumberText.grouped) ?? "any",
                    budget.zone.name,
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

    /// Returns the text for a budget that was set, and what it was before; nil is a budget that the store does not have.
    /// `configured` is the limit of the environment in its place.
    package static func set(_ budget: Budget, before: Budget?, after: Budget?, configured: Picodollars?) -> String {
        func text(_ stored: Budget?) -> String {
            stored.map { limit($0) + ($0.zone == .utc ? "" : " in " + $0.zone.name) } ?? configured.map {
                $0.exactDollars + " by PURSERD_BUDGET_USD"
            } ?? "none"
        }
        return "\(title(budget)): \(text(after)), previously \(text(before))"
    }

    package static func removed(_ budget: Budget) -> String {
        "\(title(budget)): removed; it was \(limit(budget))"
    }

    package static func title(_ budget: Budget) -> String {
        let whose = (["budget of", budget.scope.word] + [budget.scope.name].compactMap(\.self)).joined(separator: " ")
        return switch budget.window {
        case .month: whose
        case .hour: whose + " for an hour"
        case .day, .week: whose + " for a " + budget.window.rawValue
        }
    }

    /// Returns what a budget allows; `short` is the amount alone, if there is one.
    private static func limit(_ budget: Budget, short: Bool = false) -> String {
        let requests = budget.requests.map { NumberText.grouped($0) + ($0 == 1 ? " request" : " requests") }
        let parts = [budget.limit?.exactDollars, requests].compactMap(\.self)
        return parts.isEmpty ? "none" : short ? parts[0] : parts.joined(separator: " and ")
    }

    /// Returns a note for reports that compare with budget.json, if the store rejects calls at a different amount.
    package static func difference(alerts: Picodollars?, calls: Picodollars?) -> String? {
        guard let alerts, let calls, alerts != calls else { return nil }
        return "budget.json notifies at \(alerts.inDollars) a month, but calls are refused at \(calls.inDollars)"
    }
}
