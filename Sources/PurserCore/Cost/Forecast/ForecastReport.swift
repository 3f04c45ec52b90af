/// The forecast of a month on its own, and how good it would have been in the past.
package struct ForecastReport: Sendable, Equatable {
    package var scope: BudgetScope
    package var period: Range<Timestamp>
    package var zone: ClockZone
    package var asOf: Timestamp
    /// What the period has used; its requests are those that count towards the quota.
    package var used: MonthTotal
    package var limit: PeriodLimit
    /// Nil without traffic.
    package var forecast: PeriodForecast?
    package var outlook: CeilingOutlook
    /// Nil if the past was not compared.
    package var backtest: ForecastBacktest?

    package init(
        scope: BudgetScope,
        period: Range<Timestamp>,
        zone: ClockZone,
        asOf: Timestamp,
        used: MonthTotal,
        limit: PeriodLimit,
        forecast: PeriodForecast?,
        outlook: CeilingOutlook,
        backtest: ForecastBacktest? = nil
    ) {
        self.scope = scope
        self.period = period
        self.zone = zone
        self.asOf = asOf
        self.used = used
        self.limit = limit
        self.forecast = forecast
        self.outlook = outlook.known(from: forecast)
        self.backtest = backtest
    }

    /// The cost of the whole period at its rate so far; nil in its first two days.
    package var runRate: Picodollars? {
        CostReport.runRate(spent: used.spent, period, asOf: asOf)
    }
}
