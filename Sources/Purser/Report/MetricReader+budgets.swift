package import PurserCore
import PurserStore

extension MetricReader {
    /// The newest part of the history is read in bins of five minutes, so that a change is seen early.
    private static let fineSeconds = 6 * 3600

    /// Returns the forecasts of the live calls of each scope that has any, from the ledger's last four weeks.
    package func budgetTraffic(of scopes: Set<BudgetScope>, at: Timestamp) throws -> [BudgetScope: TrafficForecast] {
        let end = at.floored(toSeconds: 300)
        let middle = (end - Self.fineSeconds).floored(toSeconds: 3600)
        let start = (end - TrafficForecast.historySeconds).floored(toSeconds: 3600)
        let old = try store.budgetTraffic(of: scopes, from: start, to: middle, period: 3600)
        var new = try store.budgetTraffic(of: scopes, from: middle, to: end, period: 300)
        // What was spent a minute ago is not expected to come again.
        let rest = Int((at - end) / 1000)
        if rest > 0 {
            let newest = try store.budgetTraffic(of: scopes, from: end, to: end + rest, period: rest)
            new.whole += newest.whole
            new.scopes.merge(newest.scopes) { $0 + $1 }
        }
        return Dictionary(
            uniqueKeysWithValues: scopes.compactMap { scope in
                let bins = (old.scopes[scope] ?? []) + (new.scopes[scope] ?? [])
                return TrafficForecast(bins, at: at, of: old.whole + new.whole).map { (scope, $0) }
            }
        )
    }

    /// Adds the forecasts of budgets in the periods of `at`.
    package func addForecasts(to lines: inout [BudgetLine], at: Timestamp) throws {
        let traffic = try budgetTraffic(of: Set(lines.compactMap(\.usedScope)), at: at)
        for index in lines.indices {
            lines[index].forecast(lines[index].usedScope.flatMap { traffic[$0] }, at: at)
        }
    }

    /// Returns how good the forecasts of a scope's past months would have been, from the ledger.
    package func backtest(of scope: BudgetScope, in zone: ClockZone, at: Timestamp) throws -> ForecastBacktest {
        let periods = BudgetWindow.month.periods(endedBy: at, count: ForecastBacktest.mostPeriods, in: zone)
        guard let first = periods.first?.lowerBound, let end = periods.last?.upperBound else {
            return ForecastBacktest([], [])
        }
        let start = (first - TrafficForecast.historySeconds).floored(toSeconds: 3600)
        let traffic = try store.budgetTraffic(of: [scope], from: start, to: end, period: 3600)
        return ForecastBacktest(traffic.scopes[scope] ?? [], of: traffic.whole, periods)
    }
}
