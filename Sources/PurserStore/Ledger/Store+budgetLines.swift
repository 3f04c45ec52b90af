package import PurserCore

extension Store {
    /// Returns the budgets of a month and how much of each is used, in one snapshot; `configured` is the budget for all
    /// calls if the store does not have one.
    package func budgetLines(_ month: CalendarMonth, configured: Picodollars?) throws -> [BudgetLine] {
        try snapshot {
            BudgetLine.all(try budgetTotals(month), totals: try monthTotals(month), configured: configured)
        }
    }

    /// Returns the access keys, with what the live calls of each have spent in a month, in one snapshot.
    package func accessKeyLines(_ month: CalendarMonth) throws -> [AccessKeyLine] {
        try snapshot {
            let (totals, budgets) = (try accessKeyTotals(month), try budgets(month))
            var limits: [ExactText: Picodollars] = [:]
            for budget in budgets {
                if case .accessKey(let id) = budget.scope { limits[ExactText(id)] = budget.limit }
            }
            return try accessKeys().map { key in
                let name = ExactText(key.id)
                return AccessKeyLine(key: key, total: totals[name] ?? MonthTotal(), budget: limits[name])
            }
        }
    }
}
