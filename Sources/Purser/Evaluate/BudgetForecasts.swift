import PurserCore
import PurserStore

/// The forecasts of the present periods of the store's budgets, made anew in each hour and otherwise as they were stored.
struct BudgetForecasts {
    private struct Key: Hashable {
        var scope: BudgetScope
        var window: BudgetWindow
        var start: Timestamp

        init(_ use: BudgetUse) {
            (scope, window, start) = (use.budget.scope, use.budget.window, use.period.lowerBound)
        }

        init(_ forecast: StoredForecast) {
            (scope, window, start) = (forecast.scope, forecast.window, forecast.start)
        }
    }

    private var made: [Key: StoredForecast] = [:]
    /// The periods that are likely to have more than their limits, of the forecasts that were made anew.
    private var likely: Set<Key> = []
    /// How likely a period has more than its limit for a notice.
    private static let leastProbability = 0.8
    /// The forecasts to store; nil if the stored ones still hold.
    private(set) var new: [StoredForecast]?

    /// Reads the forecasts, or makes them from the ledger.
    ///
    /// They are made for all budgets at once, because one pass over the ledger serves all of them. A name that comes near its
    /// share of a budget for each name gets its forecast in the next hour, so that no caller can cause a pass.
    init(of uses: [BudgetUse], _ reader: MetricReader, at: Timestamp) throws {
        let wanted = uses.filter { $0.budget.window.isForecast && $0.period.contains(at) }
        guard !wanted.isEmpty else { return }
        let hour = at.floored(toSeconds: 3600)
        for forecast in try reader.store.storedForecasts() where forecast.made.floored(toSeconds: 3600) == hour {
            made[Key(forecast)] = forecast
        }
        guard made.isEmpty || wanted.contains(where: { !$0.isOfEach && made[Key($0)] == nil }) else { return }
        let traffic = try reader.budgetTraffic(of: Set(wanted.map(\.budget.scope)), at: at)
        var new: [StoredForecast] = []
        for use in wanted {
            let known = traffic[use.budget.scope].flatMap { $0.isSure ? $0 : nil }
            let forecast = known.map {
                PeriodForecast(use.period, MonthTotal(spent: use.spent), limit: PeriodLimit(dollars: use.limit), $0)
            }
            if let forecast, forecast.mean > use.limit, forecast.probabilityOver ?? 0 >= Self.leastProbability {
                likely.insert(Key(use))
            }
            new.append(
                StoredForecast(
                    scope: use.budget.scope,
                    window: use.budget.window,
                    start: use.period.lowerBound,
                    made: at,
                    mean: forecast?.mean
                )
            )
        }
        self.new = new
        made = Dictionary(new.map { (Key($0), $0) }) { $1 }
    }

    /// Whether a notice of a forecast above the limit is due: only when forecasts are made, with an interval, and not of a limit
    /// that is reached already.
    func isDue(_ use: BudgetUse) -> Bool {
        likely.contains(Key(use)) && use.spent < use.limit && !use.isRefusing
    }

    /// Returns what a period is expected to cost, which is at least what it has cost; nil if too little is known.
    func mean(_ use: BudgetUse) -> Picodollars? {
        made[Key(use)]?.mean.map { max($0, use.spent) }
    }
}
