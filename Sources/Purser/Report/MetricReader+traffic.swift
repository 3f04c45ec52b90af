import ChatService
package import PurserCore
import PurserStore

extension MetricReader {
    /// The newest part of the history is read in bins of five minutes, so that a change is seen early.
    private static let fineSeconds = 6 * 3600

    /// Returns the forecast of requests and dollars as of a time; nil if there was no traffic.
    ///
    /// It is made from the metrics of the four weeks before. If the store has no metrics of the calls, it is made from the
    /// month's average, and if it has none of their cost, from the average cost of the month's calls.
    package func trafficForecast(_ month: CalendarMonth, _ totals: MonthTotal, at: Timestamp) throws
        -> TrafficForecast?
    {
        if let forecast = try trafficForecast(month, totals, upTo: at) { return forecast }
        let whole = TrafficBin(
            start: month.start,
            seconds: Int(min(at, month.end) - month.start) / 1000,
            requests: Double(totals.requests),
            dollars: totals.spent.dollars
        )
        return whole.seconds > 0 ? TrafficForecast([whole], at: at) : nil
    }

    /// Returns what a month that is not over is expected to cost, and which of its ceilings is reached first.
    package func monthOutlook(_ month: CalendarMonth, _ totals: SourceTotals, at: Timestamp, limit: Picodollars?) throws
        -> (forecast: PeriodForecast?, ceilings: CeilingOutlook)
    {
        let total = totals.all
        let traffic = try trafficForecast(month, total, at: at)
        let period = month.start..<month.end
        let limit = PeriodLimit(
            dollars: limit,
            requests: quota,
            share: total.requests > 0 ? Double(totals.quotaRequests) / Double(total.requests) : 1
        )
        let used = MonthTotal(requests: totals.quotaRequests, spent: total.spent, held: total.held)
        return (
            traffic.map { PeriodForecast(period, used, limit: limit, $0) },
            CeilingOutlook(period, at: at, used, limit: limit, traffic)
        )
    }

    /// Returns how good the forecasts of past months would have been, from the metrics of at most the last six months.
    package func monthBacktest(at: Timestamp) throws -> ForecastBacktest {
        let periods = BudgetWindow.month.periods(endedBy: at, count: ForecastBacktest.mostPeriods, in: .utc)
        guard let first = periods.first?.lowerBound, let end = periods.last?.upperBound else {
            return ForecastBacktest([], [])
        }
        return ForecastBacktest(
            try trafficBins(from: first - TrafficForecast.historySeconds, to: end, period: 3600),
            periods
        )
    }

    private func trafficForecast(_ month: CalendarMonth, _ totals: MonthTotal, upTo at: Timestamp) throws
        -> TrafficForecast?
    {
        // A slot that is not over at that time belongs to what comes later.
        let slot = max(60, try store.slotSeconds(from: at - Self.fineSeconds))
        let end = at.floored(toSeconds: slot)
        let middle = (end - Self.fineSeconds).floored(toSeconds: 3600)
        let start = (end - TrafficForecast.historySeconds).floored(toSeconds: 3600)
        var bins =
            try trafficBins(from: start, to: middle, period: 3600)
            + trafficBins(from: middle, to: end, period: max(300, slot))
        let calls = bins.filter { $0.start >= month.start }.reduce(0) { $0 + $1.requests }
        if bins.allSatisfy({ $0.dollars == 0 }), totals.spent > .zero, calls > 0 {
            let mean = totals.spent.dollars / calls
            for index in bins.indices { bins[index].dollars = bins[index].requests * mean }
        }
        return TrafficForecast(bins, at: at)
    }

    private func trafficBins(from: Timestamp, to: Timestamp, period: Int) throws -> [TrafficBin] {
        let metrics = [ChatMetric.invocations, .estimatedCost].map(DashBuilder.reference)
        let slots = try slots(of: metrics, from: from, to: to, period: period)
        let count = Int((to - from) / 1000 + Int64(period) - 1) / period
        let merged = metrics.map {
            (slots[$0] ?? .empty).merged(from: from, to: from + count * period, period: period)
        }
        return (0..<count).map { step in
            let start = from + step * period
            return TrafficBin(
                start: start,
                seconds: Int(min(start + period, to) - start) / 1000,
                requests: merged[0][step].sum,
                dollars: merged[1][step].sum
            )
        }
    }
}
