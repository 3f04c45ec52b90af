import ChatService
package import PurserCore
import PurserStore

/// Builds the frame of `purser dash` from a store.
package struct DashBuilder: Sendable {
    let reader: MetricReader
    let alarms: [AlarmDefinition]
    let budget: BudgetDefinition?
    private let worstRequests: Int
    private let hasHeatmap: Bool

    package init(
        reader: MetricReader,
        alarms: [AlarmDefinition],
        budget: BudgetDefinition?,
        worstRequests: Int = 5,
        hasHeatmap: Bool = false
    ) {
        self.reader = reader
        self.alarms = alarms
        self.budget = budget
        self.worstRequests = worstRequests
        self.hasHeatmap = hasHeatmap
    }

    /// Returns the frame of the time from `from` to `to`, as of `at`.
    ///
    /// - Parameter isOfAskedMoment: Whether `at` was asked for; otherwise it is now, and the alarms have their newest
    ///   recorded states, also if an evaluation was as of a later time.
    package func frame(
        from: Timestamp,
        to: Timestamp,
        at: Timestamp,
        region: String?,
        isOfAskedMoment: Bool = false
    ) throws -> DashFrame {
        let store = reader.store
        let to = min(to, at)
        let window = DashFrame.Window(from: from, to: to, finest: try store.slotSeconds(from: from))
        let slots = try reader.slots(
            of: (Self.counted + [.latency]).map(Self.reference),
            from: window.from,
            to: window.dataEnd,
            period: window.periodSeconds
        )
        let merged = (Self.counted + [.latency]).map { metric in
            (slots[Self.reference(metric)] ?? .empty)
                .merged(from: window.from, to: window.stepsEnd, period: window.periodSeconds)
        }
        let steps = Dictionary(uniqueKeysWithValues: zip(Self.counted + [.latency], merged))
        let latencies = steps[.latency] ?? []
        var frame = DashFrame(
            title: ChatMetric.namespace,
            region: region,
            window: window,
            at: at,
            latency: try latency(latencies, now: window.now(at: at)),
            cost: try costPanel(at: at)
        )
        frame.hasBudget = budget != nil
        if hasHeatmap { frame.heatmap = LatencyHeatmap(latencies) }
        let heartbeats = try store.heartbeatSpans(namespace: ChatMetric.namespace).filter { $0.lowerBound <= at }
        frame.newestData = try newestData(before: at)
        frame.laterData = frame.newestData == nil ? try data(after: at) : nil
        frame.newestHeartbeat = heartbeats.map { min($0.upperBound, at) }.max()
        frame.isOfAskedMoment = isOfAskedMoment
        frame.evaluatedAt = try lastEvaluation(at: at, isOfAskedMoment: isOfAskedMoment)
        frame.isEvaluatedLater = try frame.evaluatedAt == nil && store.lastEvaluation() != nil
        frame.alarms = try alarmLines(evaluatedAt: frame.evaluatedAt, at: at)
        frame.marks = try store.marks(in: window.from..<to, of: [ChatMetric.namespace])
        frame.alarmSpans = try store.alarmSpans(of: alarms.map(\.name), in: window.from..<to)
        frame.signals = try signals(of: frame, steps, heartbeats)
        frame.refusedInHour = try refused(before: window.now(at: at).upperBound)
        frame.budget = try budgetLine(frame.cost, at: at)
        frame.worstRequests = try store.requests(.worst, from: window.from, to: to, limit: worstRequests).map(Self.line)
        frame.pendingNotifications = try store.messageCount(.pending)
        frame.failedNotifications = try store.messageCount(.failed)
        return frame
    }

    /// The metrics of the signals.
    static let counted = Set(DashSignalRow.all.flatMap(\.metrics)).sorted { $0.rawValue < $1.rawValue }

    /// Returns the end of the newest slot that the chat service recorded before a time.
    func newestData(before time: Timestamp) throws -> Timestamp? {
        try reader.store.newestSlotEnd(before: time, namespace: ChatMetric.namespace)
    }

    /// Returns the time that the chat service recorded, all of which is after `time`; nil if it recorded nothing.
    private func data(after time: Timestamp) throws -> Range<Timestamp>? {
        guard let end = try newestData(before: Timestamp(milliseconds: .max)), end > time else { return nil }
        // Slots begin at multiples of ten seconds: the first of these times with data before it ends the first slot.
        let slot = Int64(Slot.seconds)
        var (none, some) = (time.seconds / slot, (end.seconds + slot - 1) / slot)
        while some - none > 1 {
            let middle = none + (some - none) / 2
            if try newestData(before: Timestamp(seconds: middle * slot)) == nil { none = middle } else { some = middle }
        }
        return Timestamp(seconds: (some - 1) * slot)..<end
    }

    static func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    static func reference(_ metric: ChatMetric) -> MetricReference {
        MetricReference(Metric(namespace: ChatMetric.namespace, name: metric.rawValue))
    }

    // Latency.

    private func latency(_ steps: [Distribution], now: Range<Timestamp>) throws -> DashFrame.Latency {
        let percentiles = steps.map { $0.percentiles([50, 90, 99]) }
        var latency = DashFrame.Latency(
            p50: percentiles.map { $0?[0] },
            p90: percentiles.map { $0?[1] },
            p99: percentiles.map { $0?[2] },
            threshold: alarms.first { $0.watchesLatency }?.condition?.threshold
        )
        latency.now = DashFrame.Percentiles(try distributions(in: now, of: [.latency])(.latency))
        return latency
    }

    // Cost.

    private func costPanel(at: Timestamp) throws -> DashFrame.CostPanel {
        let month = CalendarMonth(containing: at)
        let totals = try reader.store.monthTotals(month, asOf: at)
        let total = totals.all
        let outlook = try reader.monthOutlook(month, totals, at: at, limit: budget?.limit)
        return DashFrame.CostPanel(
            month: month,
            spent: total.spent,
            held: total.held,
            limit: budget?.limit,
            requests: total.requests,
            quotaRequests: totals.quotaRequests,
            quota: reader.quota,
            forecast: outlook.forecast,
            outlook: outlook.ceilings,
            nonLive: NonLiveCost(totals)
        )
    }

    private static func line(_ entry: LedgerEntry) -> DashFrame.RequestLine {
        DashFrame.RequestLine(
            time: entry.time,
            requestId: entry.requestId,
            modelId: entry.modelId,
            outcome: entry.outcome,
            retries: entry.retries,
            isRunning: entry.settledTime == nil,
            latencyMilliseconds: entry.latencyMilliseconds,
            inputTokens: entry.usage.input,
            outputTokens: entry.usage.output
        )
    }
}

extension AlarmDefinition {
    /// Whether this is a threshold on a percentile of the service's latency.
    fileprivate var watchesLatency: Bool {
        unit == .seconds
            && metrics.contains { metric in
                guard case .percentile = metric.statistic else { return false }
                return metric.metric.name == ChatMetric.latency.rawValue
                    && metric.metric.namespace == ChatMetric.namespace
            }
    }
}
