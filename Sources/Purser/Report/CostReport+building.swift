package import PurserCore
package import PurserStore

extension CostReport {
    /// Creates the report of a month as of a time, from the ledger.
    ///
    /// Its rows are split by `keys`. Unpriced requests are counted from their metric. A part of the month's calls, and a
    /// month of another zone than UTC, has no budget and no forecast.
    package init(
        _ month: CalendarMonth,
        asOf: Timestamp,
        by keys: [CostKey],
        where filters: [CostFilter] = [],
        in zone: ClockZone = .utc,
        from reader: MetricReader,
        budget: Picodollars?
    ) throws {
        self.init(month: month, asOf: asOf, keys: keys, filters: filters, zone: zone, rows: [])
        let store = reader.store
        if zone == .utc { closed = try store.closedMonths().first { $0.month == month && $0.closed <= asOf }?.closed }
        let query = CostQuery(period, asOf: asOf, by: keys, where: filters, in: zone)
        let groups = try store.costGroups(query)
        add(groups)
        activeUsers = try store.activeUsers(query)
        (openRequests, held) = try store.openCalls(query)
        daily = try daily(from: store, query)
        if filters.isEmpty { unpricedRequests = try store.unpricedRequests(period, asOf: asOf) }
        var before = query
        before.period = sameDaysBefore
        // The month itself may still have its calls.
        if let earlier = try ifKept({ try store.costGroups(before) }) {
            compare(groups, with: earlier, of: before.period)
        }
        guard filters.isEmpty, zone == .utc else { return }
        self.budget = budget
        guard !isOver else { return }
        let outlook = try reader.monthOutlook(month, store.monthTotals(month, asOf: asOf), at: asOf, limit: budget)
        forecast = outlook.forecast
        self.outlook = outlook.ceilings
    }

    /// Adds what the newest comparison with the bill found, as of the report's time.
    package mutating func addVerdict(from store: Store) throws {
        reconciliation = try store.reconciliations(month).first { $0.time <= asOf }
        guard reconciliation != nil else { return }
        var query = CostQuery(period, asOf: asOf)
        query.hasCorrections = false
        let groups = try store.costGroups(query)
        billableTotal = groups.filter { $0.source != .simulated }.reduce(Picodollars.zero) { $0 + $1.cost }
    }

    /// Returns what is read; nil if calls that it needs were removed.
    private func ifKept<Value>(_ read: () throws -> Value) rethrows -> Value? {
        do {
            return try read()
        } catch is RemovedCallsError {
            return nil
        }
    }

    /// As much of the month before as has passed of this one, or all of it if this one is over.
    private var sameDaysBefore: Range<Timestamp> {
        let month = zone.month(containing: period.lowerBound - 1)
        let start = zone.start(of: month)
        if isOver { return start..<period.lowerBound }
        // By the clock, which may have changed in one of the two months.
        let elapsed = max(0, zone.local(asOf) - zone.local(period.lowerBound))
        let end = zone.moment(local: Timestamp(milliseconds: zone.local(start).milliseconds + elapsed))
        return start..<min(max(end, start), period.lowerBound)
    }

    private func daily(from store: Store, _ query: CostQuery) throws -> [Picodollars] {
        let last = min(asOf, period.upperBound + -1)
        guard last >= period.lowerBound else { return [] }
        guard let costs = try ifKept({ try store.dailyCosts(query) }) else { return [] }
        let end = zone.start(ofPeriod: 86_400, at: last) + 1
        return zone.bounds(ofPeriod: 86_400, from: period.lowerBound, to: end).dropLast().map { day in
            costs[zone.name(ofPeriod: 86_400, at: day)] ?? .zero
        }
    }
}
