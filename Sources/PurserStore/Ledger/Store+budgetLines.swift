package import PurserCore

extension Store {
    /// Returns the budgets of a month and how much of each is used, in one snapshot; `configured` is the budget for all
    /// calls if the store does not have one.
    package func budgetLines(_ month: CalendarMonth, configured: Picodollars?) throws -> [BudgetLine] {
        try snapshot { BudgetLine.all(try budgets(month), total: try monthTotal(month), configured: configured) }
    }

    /// Returns the access keys, with what each has spent in a month, in one snapshot.
    package func accessKeyLines(_ month: CalendarMonth) throws -> [AccessKeyLine] {
        try snapshot {
            let (totals, budgets) = (try accessKeyTotals(month), try budgets(month))
            let limits = Dictionary(uniqueKeysWithValues: budgets.map { ($0.scope, $0.limit) })
            return try accessKeys().map { key in
                AccessKeyLine(key: key, total: totals[key.id] ?? MonthTotal(), budget: limits[.accessKey(key.id)])
            }
        }
    }
}
