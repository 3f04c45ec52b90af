import ChatService
package import PurserCore
package import PurserStore

extension FocusDataset {
    /// What a FOCUS dataset does not say of a month, and what its rows must add up to.
    package struct Context: Sendable, Equatable {
        /// The cost of all settled calls, as `purser cost` reports it.
        package var total: Picodollars
        /// Calls refused because their model has no price; nil if that is not known of the filtered calls.
        package var unpricedRequests: Int?
        /// Calls that are not settled yet, and what they hold.
        package var openRequests: Int
        package var held: Picodollars
    }

    /// Reads the dataset of a month (UTC) as of a time from the ledger, and what is not in it.
    package static func read(
        _ month: CalendarMonth,
        asOf: Timestamp,
        where filters: [CostFilter],
        account: BillingAccount,
        from store: Store
    ) throws -> (dataset: FocusDataset, context: Context) {
        var query = CostQuery(month.start..<month.end, asOf: asOf, by: keys, where: filters)
        let dataset = FocusDataset(try groups(query, from: store), month: month, account: account)
        query.keys = []
        let open = try store.openCalls(query)
        let context = Context(
            total: try store.costGroups(query).reduce(.zero) { $0 + $1.cost },
            unpricedRequests: filters.isEmpty ? try store.unpricedRequests(query.period, asOf: asOf) : nil,
            openRequests: open.requests,
            held: open.held
        )
        return (dataset, context)
    }

    /// Where calls were removed, their sessions are not known.
    private static func groups(_ query: CostQuery, from store: Store) throws -> [CostGroup] {
        do {
            return try store.costGroups(query)
        } catch let error as RemovedCallsError {
            guard let place = query.keys.firstIndex(of: .session) else { throw error }
            var coarser = query
            coarser.keys.remove(at: place)
            return try store.costGroups(coarser).map { group in
                var group = group
                group.keys.insert(nil, at: place)
                return group
            }
        }
    }
}

extension Store {
    /// Returns how many requests of a month were refused because their model has no price.
    func unpricedRequests(_ month: Range<Timestamp>, asOf: Timestamp) throws -> Int {
        let unpriced = MetricReference(
            Metric(namespace: ChatMetric.namespace, name: ChatMetric.unpricedRequests.rawValue)
        )
        let (start, end) = (month.lowerBound, min(month.upperBound, asOf))
        guard start < end else { return 0 }
        let longestMonth = 32 * 86_400
        let slots = try slots(of: [unpriced], from: start, to: end, period: longestMonth)
        return slots[unpriced]?.total(from: start, to: end).count ?? 0
    }
}
