package import PurserCore
import PurserStore

extension ForecastReport {
    /// Creates the forecast of the calendar month of all calls, with the coverage of past ones, from the metrics. The limits that
    /// the store sets take the place of `budget` and the reader's quota.
    package init(asOf: Timestamp, from reader: MetricReader, budget: Picodollars?) throws {
        let month = CalendarMonth(containing: asOf)
        let totals = try reader.store.monthTotals(month, asOf: asOf)
        let whole = BudgetTable(try reader.store.budgets()).ofAll(limit: budget, requests: reader.quota)[0]
        let limited = MetricReader(store: reader.store, quota: whole.requests)
        let outlook = try limited.monthOutlook(month, totals, at: asOf, limit: whole.limit)
        var used = totals.all
        used.requests = totals.quotaRequests
        self.init(
            scope: .all,
            period: month.start..<month.end,
            zone: .utc,
            asOf: asOf,
            used: used,
            limit: PeriodLimit(dollars: whole.limit, requests: whole.requests),
            forecast: outlook.forecast,
            outlook: outlook.ceilings,
            backtest: try reader.monthBacktest(at: asOf)
        )
    }

    /// Creates the forecast of the month of one name, from the ledger, in the zone of the monthly budget that limits it.
    ///
    /// - Parameter isCompared: Whether past months are forecast too, for which months of the ledger are read.
    package init(of scope: BudgetScope, asOf: Timestamp, from reader: MetricReader, isCompared: Bool) throws {
        var lines = [try reader.store.monthLine(of: scope, at: asOf)]
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
