package import PurserCore
package import PurserStore

/// Reads metrics: those that were recorded, and those that are derived from the ledger.
package struct MetricReader: Sendable {
    /// Metrics that no process writes: they are computed from the ledger at query time, exact for any minute.
    package enum Derived: String, Sendable, CaseIterable {
        case monthToDateCost = "MonthToDateCost"
        case quotaUsed = "QuotaUsed"

        package var metric: Metric {
            Metric(namespace: ChatMetric.namespace, name: rawValue)
        }

        package var unit: MetricUnit {
            switch self {
            case .monthToDateCost: .none
            case .quotaUsed: .percent
            }
        }

        package var explanation: String {
            switch self {
            case .monthToDateCost:
                "US dollars settled by the end of the minute for calls of its calendar month (UTC); from the ledger."
            case .quotaUsed:
                "Calls of the calendar month (UTC) begun by the end of the minute, as a percentage of the quota; from the ledger. Only live calls count; before the month's first, simulated ones."
            }
        }
    }

    /// What each metric of the chat service counts, recorded and derived.
    package static let explanations =
        ChatMetric.allCases.map { MetricExplanation(metric: $0.metric, unit: $0.unit, text: $0.explanation) }
        + Derived.allCases.map { MetricExplanation(metric: $0.metric, unit: $0.unit, text: $0.explanation) }

    private static let longestDerivedMinutes: Int64 = 2 * 366 * 1440

    package let store: Store
    /// The number of calls that a calendar month may have; without a quota there is no QuotaUsed.
    package let quota: Int?

    package init(store: Store, quota: Int?) {
        self.store = store
        self.quota = quota
    }

    /// Returns the slots of several metrics that start at `from` or later and before `to`. With a `period`, they are
    /// merged into periods of that many seconds, counted from `from`. Derived metrics have a slot for each minute.
    package func slots(
        of references: [MetricReference],
        from: Timestamp,
        to: Timestamp,
        period: Int? = nil
    ) throws -> [MetricReference: SlotSeries] {
        var result = try store.slots(of: references, from: from, to: to, period: period)
        for reference in references {
            guard let derived = Derived.allCases.first(where: { $0.metric == reference.metric }),
                reference.unit == nil || reference.unit == derived.unit
            else { continue }
            result[reference] = try slots(of: derived, from: from, to: to)
        }
        return result
    }

    /// Returns every stored series, and every derived one that has data, whose metric matches all filters.
    package func series(
        namespace: String? = nil,
        name: String? = nil,
        dimensions filters: [DimensionFilter] = []
    ) throws -> [Series] {
        var all = try store.series(namespace: namespace, name: name)
        if try store.firstRequestTime() != nil {
            for derived in Derived.allCases where derived != .quotaUsed || quota != nil {
                let metric = derived.metric
                if namespace ?? metric.namespace == metric.namespace, name ?? metric.name == metric.name {
                    all.append(Series(metric, unit: derived.unit))
                }
            }
        }
        return all.filter { series in filters.allSatisfy { $0.matches(series.metric) } }.sorted {
            $0.metric < $1.metric
        }
    }

    private func slots(of derived: Derived, from: Timestamp, to: Timestamp) throws -> SlotSeries {
        guard let first = try store.firstRequestTime() else { return .empty }
        // The first whole minute of the range, but not before the first call's.
        let next = Timestamp(milliseconds: from.milliseconds + 59_999).floored(toSeconds: 60)
        let from = max(next, first.floored(toSeconds: 60))
        guard from < to else { return .empty }
        if to - from > Self.longestDerivedMinutes * 60_000 {
            let message = "\(derived.rawValue) is computed minute by minute; at most two years can be requested at once"
            throw Diagnostics([Diagnostic(file: "request", key: "EndTime", message)])
        }
        var slots: [Slot] = []
        var month = CalendarMonth(containing: from)
        while month.start < to {
            let range = max(from, month.start)..<min(to, month.end)
            if !range.isEmpty { slots += try self.slots(of: derived, month, range) }
            month = month.next
        }
        return SlotSeries(slots)
    }

    /// Returns a running total of one month: the total before the range, then minute by minute.
    private func slots(of derived: Derived, _ month: CalendarMonth, _ range: Range<Timestamp>) throws -> [Slot] {
        let early = month.start
        var total: Picodollars = .zero
        var calls = SourceTotals()
        var costs: [Timestamp: Picodollars] = [:]
        var counts: [Timestamp: [(source: CallSource, count: Int)]] = [:]
        switch derived {
        case .monthToDateCost:
            for cost in try store.settledCosts(month, from: early, to: range.upperBound) {
                if cost.minute < range.lowerBound { total += cost.cost } else { costs[cost.minute] = cost.cost }
            }
        case .quotaUsed:
            for (minute, source, count) in try store.startedRequests(month, from: early, to: range.upperBound) {
                if minute < range.lowerBound {
                    calls[source].requests += count
                } else {
                    counts[minute, default: []].append((source, count))
                }
            }
        }
        var slots: [Slot] = []
        var minute = range.lowerBound
        while minute < range.upperBound {
            total += costs[minute] ?? .zero
            for (source, count) in counts[minute] ?? [] { calls[source].requests += count }
            let value: Double? =
                switch derived {
                case .monthToDateCost: total.dollars
                case .quotaUsed: quota.map { 100 * Double(calls.quotaRequests) / Double($0) }
                }
            if let distribution = value.flatMap({ Distribution(value: $0) }) {
                slots.append(Slot(start: minute, distribution: distribution))
            }
            minute = minute + 60
        }
        return slots
    }
}
