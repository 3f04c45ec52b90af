package import PurserCore
package import PurserStore

/// Reads metrics: those that were recorded, and those that are derived from the ledger.
package struct MetricReader: Sendable {
    /// Metrics that no process writes: they are computed from the store at query time.
    package enum Derived: String, Sendable, CaseIterable {
        case monthToDateCost = "MonthToDateCost"
        case quotaUsed = "QuotaUsed"
        case tpmQuotaUsed = "TPMQuotaUsed"
        case deadLetters = "DeadLetters"

        package var metric: Metric {
            Metric(namespace: ChatMetric.namespace, name: rawValue)
        }

        /// Returns the derived metric that a metric is, and the model in its dimensions; nil for any other metric.
        static func named(_ metric: Metric) -> (derived: Derived, modelId: String?)? {
            guard metric.namespace == ChatMetric.namespace, let derived = Derived(rawValue: metric.name) else {
                return nil
            }
            if metric.dimensions.isEmpty { return (derived, nil) }
            guard derived == .tpmQuotaUsed, metric.dimensions.map(\.name) == [ChatMetric.modelIdDimension] else {
                return nil
            }
            return (derived, metric.dimensions[0].value)
        }

        package var unit: MetricUnit {
            switch self {
            case .monthToDateCost: .none
            case .quotaUsed, .tpmQuotaUsed: .percent
            case .deadLetters: .count
            }
        }

        package var explanation: String {
            switch self {
            case .monthToDateCost:
                "US dollars settled by the end of the minute for calls of its calendar month (UTC); from the ledger."
            case .quotaUsed:
                "Calls of the calendar month (UTC) begun by the end of the minute, as a percentage of the quota; from the ledger. Only live calls count; before the month's first, simulated ones."
            case .tpmQuotaUsed:
                "Tokens of a minute as a percentage of the model's quota of tokens per minute (quotas.csv): input, cache writes, and output times the burndown rate; one sample for each minute and each quota of a model that has calls."
            case .deadLetters:
                "Dead letters that arrived by the end of the minute and are still open: they have their text, or the queue did not take them."
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
    /// The quotas of tokens per minute that apply to the calls; models without one have no TPMQuotaUsed.
    package let tokenQuotas: [TokenQuotaList.Quota]

    package init(store: Store, quota: Int?, tokenQuotas: [TokenQuotaList.Quota] = []) {
        self.store = store
        self.quota = quota
        self.tokenQuotas = tokenQuotas
    }

    /// Returns the slots of several metrics that start at `from` or later and before `to`. With a `period`, they are
    /// merged into periods of that many seconds, counted from `from`. Derived metrics have a
    /// slot for each minute without a period.
    package func slots(
        of references: [MetricReference],
        from: Timestamp,
        to: Timestamp,
        period: Int? = nil
    ) throws -> [MetricReference: SlotSeries] {
        let grid = period.map { SlotGrid(period: $0, from: from) }
        return try slots([SlotRead(references: references, from: from, to: to, grid: grid)])[0]
    }

    /// Returns the slots of several reads, merged at least into the pieces of each read's grid.
    func slots(_ reads: [SlotRead]) throws -> [[MetricReference: SlotSeries]] {
        var results = try store.slots(reads)
        for (number, read) in reads.enumerated() {
            for reference in Set(read.references) {
                guard let (derived, modelId) = Derived.named(reference.metric),
                    reference.unit == nil || reference.unit == derived.unit
                else { continue }
                results[number][reference] = try slots(of: derived, modelId, read)
            }
        }
        return results
    }

    /// Returns every stored series, and every derived one that has data, whose metric matches all filters.
    package func series(
        namespace: String? = nil,
        name: String? = nil,
        dimensions filters: [DimensionFilter] = []
    ) throws -> [Series] {
        var all = try store.series(namespace: namespace, name: name)
        let hasCalls = try store.firstRequestTime() != nil
        for derived in Derived.allCases {
            let metric = derived.metric
            guard namespace ?? metric.namespace == metric.namespace, name ?? metric.name == metric.name else {
                continue
            }
            let metrics =
                switch derived {
                case .tpmQuotaUsed: try tokenQuotaMetrics()
                case .quotaUsed: hasCalls && quota != nil ? [metric] : []
                case .monthToDateCost, .deadLetters: hasCalls ? [metric] : []
                }
            all += metrics.map { Series($0, unit: derived.unit) }
        }
        return all.filter { series in filters.allSatisfy { $0.matches(series.metric) } }.sorted {
            $0.metric < $1.metric
        }
    }

    private func slots(of derived: Derived, _ modelId: String?, _ read: SlotRead) throws -> SlotSeries {
        // The first whole minute of the range, but not before the first call's.
        let next = Timestamp(milliseconds: read.from.milliseconds + 59_999).floored(toSeconds: 60)
        let first = derived == .tpmQuotaUsed ? next : try store.firstRequestTime()
        guard let first else { return .empty }
        let (from, to) = (max(next, first.floored(toSeconds: 60)), read.to)
        guard from < to else { return .empty }
        if read.grid == nil, to - from > Self.longestDerivedMinutes * 60_000 {
            let message = "\(derived.rawValue) is computed minute by minute; at most two years can be requested at once"
            throw Diagnostics([Diagnostic(file: "request", key: "EndTime", message)])
        }
        let slots =
            switch derived {
            case .deadLetters: try deadLetterSlots(from..<to, read.grid)
            case .monthToDateCost: try monthSlots(from..<to) { try costSlots($0, $1, read.grid) }
            case .quotaUsed: try monthSlots(from..<to) { try quotaSlots($0, $1, read.grid) }
            case .tpmQuotaUsed: try tokenQuotaSlots(of: modelId, from..<to, read.grid)
            }
        return SlotSeries(slots)
    }

    /// Returns the slots of the months in a range, each read for the part of the range that is in it.
    private func monthSlots(
        _ range: Range<Timestamp>,
        read: (CalendarMonth, Range<Timestamp>) throws -> [Slot]
    ) rethrows -> [Slot] {
        var slots: [Slot] = []
        var month = CalendarMonth(containing: range.lowerBound)
        while month.start < range.upperBound {
            let part = max(range.lowerBound, month.start)..<min(range.upperBound, month.end)
            if !part.isEmpty { slots += try read(month, part) }
            month = month.next
        }
        return slots
    }

    private func deadLetterSlots(_ range: Range<Timestamp>, _ grid: SlotGrid?) throws -> [Slot] {
        let letters = try store.waitingDeadLetters(before: range.upperBound).map { ($0.minute, $0.count) }
        return Self.slots(of: range, grid, letters, total: 0) {
            $0 += $1
        } value: {
            Double($0)
        }
    }

    private func costSlots(_ month: CalendarMonth, _ range: Range<Timestamp>, _ grid: SlotGrid?) throws -> [Slot] {
        let (from, to) = (range.lowerBound, range.upperBound)
        let costs = try store.settledCosts(month, from: from, to: to).map { ($0.minute, $0.cost) }
        return Self.slots(of: range, grid, costs, total: try totals(month, before: from).all.spent) {
            $0 += $1
        } value: {
            $0.dollars
        }
    }

    private func quotaSlots(_ month: CalendarMonth, _ range: Range<Timestamp>, _ grid: SlotGrid?) throws -> [Slot] {
        guard let quota else { return [] }
        let calls = try store.startedRequests(from: range.lowerBound, to: range.upperBound).map { ($0.minute, $0) }
        return Self.slots(of: range, grid, calls, total: try totals(month, before: range.lowerBound)) {
            $0[$1.source].requests += $1.count
        } value: {
            100 * Double($0.quotaRequests) / Double(quota)
        }
    }

    /// Returns a month's totals of what was before a time, without a look at the ledger if that is its start.
    private func totals(_ month: CalendarMonth, before time: Timestamp) throws -> SourceTotals {
        time > month.start ? try store.monthTotals(month, asOf: time) : SourceTotals()
    }

    /// Returns a running total at the end of each minute of a range; `changes` are in the order of their minutes.
    private static func slots<Change, Total>(
        of range: Range<Timestamp>,
        _ grid: SlotGrid?,
        _ changes: [(minute: Timestamp, change: Change)],
        total: Total,
        add: (inout Total, Change) -> Void,
        value: (Total) -> Double
    ) -> [Slot] {
        var (total, rest) = (total, changes[...])
        var slots: [Slot] = []
        var sum = DistributionAccumulator()
        var minute = range.lowerBound
        while minute < range.upperBound {
            // The minutes up to the next change or the end of the piece have one value.
            while let next = rest.first, next.minute <= minute {
                add(&total, next.change)
                rest.removeFirst()
            }
            let piece = grid?.index(of: minute) ?? 0
            let (start, end) = grid.map { ($0.start(of: piece), $0.start(of: piece + 1)) } ?? (minute, minute + 60)
            let next = min(end, rest.first?.minute ?? end, range.upperBound)
            let minutes = max(1, Int(next - minute + 59_999) / 60_000)
            sum.add(Distribution(value: value(total), count: minutes) ?? .empty)
            minute = minute + minutes * 60
            if minute >= end || minute >= range.upperBound {
                let distribution = sum.distribution
                if !distribution.isEmpty { slots.append(Slot(start: start, distribution: distribution)) }
                sum.removeAll(keepingCapacity: true)
            }
        }
        return slots
    }
}
