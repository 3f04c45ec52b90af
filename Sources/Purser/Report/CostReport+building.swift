import ChatService
package import PurserCore
import PurserStore

extension CostReport {
    /// Creates the report of a month as of a time, from the ledger.
    ///
    /// Its rows are split by `keys`. Unpriced requests are counted from their metric.
    package init(
        _ month: CalendarMonth,
        asOf: Timestamp,
        by keys: [Key],
        from reader: MetricReader,
        budget: Picodollars?,
        prices: PriceCatalog
    ) throws {
        let store = reader.store
        let totals = try store.costTotals(month, asOf: asOf)
        let unpriced = MetricReference(
            Metric(namespace: ChatMetric.namespace, name: ChatMetric.unpricedRequests.rawValue)
        )
        let longestMonth = 31 * 86_400
        let slots = try store.slots(of: [unpriced], from: month.start, to: min(month.end, asOf), period: longestMonth)
        self.init(
            month: month,
            asOf: asOf,
            keys: keys,
            rows: try store.costRows(month, asOf: asOf, by: keys),
            successfulRequests: totals.successful,
            estimatedRequests: totals.estimated,
            estimatedCost: totals.estimatedCost,
            openRequests: totals.open,
            held: totals.held,
            budget: budget,
            pricesRetrieved: prices.retrieved,
            daily: try store.dailyCost(month, asOf: asOf),
            unpricedRequests: slots[unpriced]?.total(from: month.start, to: month.end).count ?? 0,
            nonLive: totals.nonLive
        )
        guard asOf < month.end else { return }
        let outlook = try reader.monthOutlook(month, store.monthTotals(month, asOf: asOf), at: asOf, limit: budget)
        forecast = outlook.forecast
        self.outlook = outlook.ceilings
    }
}
