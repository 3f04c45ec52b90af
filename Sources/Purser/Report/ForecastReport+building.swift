package import PurserCore
import PurserStore

extension ForecastReport {
    /// Creates the forecast of the calendar month of all calls, with the coverage of past ones, from the metrics.
    package init(asOf: Timestamp, from reader: MetricReader, budget: Picodollars?) throws {
        let month = CalendarMonth(containing: asOf)
        let totals = try reader.store.monthTotals(month, asOf: asOf)
        let outlook = try reader.monthOutlook(month, totals, at: asOf, limit: budget)
        var used = totals.all
        used.requests = totals.quotaRequests
        self.init(
            scope: .all,
            period: month.start..<month.end,
            zone: .utc,
            asOf: asOf,
            used: used,
            limit: PeriodLimit(dollars: budget, requests: reader.quota),
            forecast: outlook.forecast,
            outlook: outlook.ceilings,
            backtest: try reader.monthBacktest(at: asOf)
        )
    }

    /// Creates the forecast of the month of one name, from the ledger, in the zone of its monthly budget.
    ///
    /// - Parameter isCompared: Whether past months are forecast too, for which months of the ledger are read.
    package init(of scope: BudgetScope, asOf: Timestamp, from reader: MetricReader, isCompared: Bool) throws {
        var lines = [try reader.store.budgetLine(scope, .month, at: asOf, limit: nil, quota: nil)]
        try reader.addForecasts(to: &lines, at: asOf)
        let line = lines[0]
        let budget = line.budget
        self.init(
            scope: scope,
            period: line.period,
            zone: budget.zone,
            asOf: asOf,
            used: line.used,
            limit: PeriodLimit(dollars: budget.limit, requests: budget.requests),
            forecast: line.forecast,
            outlook: line.outlook,
            backtest: isCompared ? try reader.backtest(of: scope, in: budget.zone, at: asOf) : nil
        )
    }
}
