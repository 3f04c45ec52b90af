extension DashFrame {
    package struct CostPanel: Sendable, Equatable {
        package var month: CalendarMonth
        package var spent: Picodollars
        /// Held by calls in flight.
        package var held: Picodollars
        package var limit: Picodollars?
        package var requests: Int
        /// Those of them that count towards the quota.
        package var quotaRequests: Int
        package var quota: Int?
        /// What the month is expected to cost; nil before there is any traffic, and once the month is over.
        package var forecast: PeriodForecast?
        /// Which of the two ceilings, dollars and requests, is reached first in this month.
        package var outlook: CeilingOutlook
        /// The part of `spent` that uses up no budget of the daemon's.
        package var nonLive: NonLiveCost

        package init(
            month: CalendarMonth,
            spent: Picodollars,
            held: Picodollars,
            limit: Picodollars?,
            requests: Int,
            quotaRequests: Int,
            quota: Int?,
            forecast: PeriodForecast? = nil,
            outlook: CeilingOutlook = .unlimited,
            nonLive: NonLiveCost = NonLiveCost()
        ) {
            self.month = month
            self.spent = spent
            self.held = held
            self.limit = limit
            self.requests = requests
            self.quotaRequests = quotaRequests
            self.quota = quota
            self.forecast = forecast
            self.outlook = outlook
            self.nonLive = nonLive
        }
    }
}
