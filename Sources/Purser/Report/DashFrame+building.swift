import ChatService
package import PurserCore
import PurserStore

extension DashFrame.Window {
    /// The maximum number of steps in a frame.
    private static let mostSteps = 48

    /// Creates a window of the last `seconds` before `at`, in the finest of the usual periods that is not too fine to draw.
    package init(last seconds: Int, at: Timestamp) {
        self.init(from: at - seconds, to: at)
    }

    /// Creates a window from `from` to `to` in whole steps: its end is cut, and its start may be earlier than `from`.
    package init(from: Timestamp, to: Timestamp) {
        let seconds = Int((to - from) / 1000)
        let usual = [10, 60, 300, 600, 900, 1800, 3600, 3 * 3600, 6 * 3600, 86_400, 7 * 86_400]
        let steps = { (period: Int) in max(1, (seconds + period - 1) / period) }
        let period =
            usual.first { steps($0) <= Self.mostSteps } ?? max(30, seconds / (Self.mostSteps * 86_400) + 1) * 86_400
        let end = to.floored(toSeconds: period)
        self.init(from: end - steps(period) * period, to: end, periodSeconds: period)
    }
}

/// Builds the frame of `purser dash` from a store.
package struct DashBuilder: Sendable {
    let reader: MetricReader
    let alarms: [AlarmDefinition]
    let budget: BudgetDefinition?
    private let worstRequests: Int

    package init(reader: MetricReader, alarms: [AlarmDefinition], budget: BudgetDefinition?, worstRequests: Int = 5) {
        self.reader = reader
        self.alarms = alarms
        self.budget = budget
        self.worstRequests = worstRequests
    }

    /// Returns the frame of a window, as of `at`.
    package func frame(_ window: DashFrame.Window, at: Timestamp, region: String?) throws -> DashFrame {
        let store = reader.store
        let slots = try reader.slots(
            of: (Self.counted + [.latency]).map(Self.reference),
            from: window.from,
            to: window.to,
            period: window.periodSeconds
        )
        let series = { (metric: ChatMetric) in
            (slots[Self.reference(metric)] ?? .empty)
                .merged(from: window.from, to: window.to, period: window.periodSeconds)
        }
        var frame = DashFrame(
            title: ChatMetric.namespace,
            region: region,
            window: window,
            at: at,
            latency: latency(series(.latency)),
            cost: try costPanel(at: at)
        )
        frame.hasBudget = budget != nil
        let heartbeats = try store.heartbeatSpans(namespace: ChatMetric.namespace).filter { $0.lowerBound <= at }
        frame.newestData = try newestData(before: at)
        frame.newestHeartbeat = heartbeats.map { min($0.upperBound, at) }.max()
        let minutes = Double(window.periodSeconds) / 60
        let usual = try usualHours(before: window.to)
        let calls = series(.invocations)
        let isCounted = try countedSteps(frame, heartbeats, hasCalls: calls.map { !$0.isEmpty })
        for signal in Self.signals {
            let values = signal.values(series, minutes).enumerated().map { step, value in
                value ?? (signal.format == .perMinute && isCounted[step] ? 0 : nil)
            }
            let row = DashFrame.Signal(
                name: signal.name,
                format: signal.format,
                isPart: signal.isPart,
                isHarmful: signal.isHarmful,
                now: values.last ?? nil,
                usual: Self.median(usual.compactMap { hour in signal.values({ [hour($0)] }, 60)[0] }),
                values: values
            )
            frame.signals.append(row)
            if signal.name == Self.refused { frame.signals += try refusalReasons(of: row, in: window) }
        }
        frame.evaluatedAt = try store.lastEvaluation(upTo: at)
        frame.isEvaluatedLater = try frame.evaluatedAt == nil && store.lastEvaluation() != nil
        frame.alarms = try alarmLines(evaluatedAt: frame.evaluatedAt, at: at)
        frame.budget = try budgetLine(frame.cost, at: at)
        frame.worstRequests = try store.requests(.worst, from: window.from, to: at, limit: worstRequests).map(Self.line)
        frame.pendingNotifications = try store.messageCount(.pending)
        frame.failedNotifications = try store.messageCount(.failed)
        return frame
    }

    // Signals.

    private struct SignalRow: Sendable {
        var name: String
        var format: DashFrame.Signal.Format
        var isPart = false
        var isHarmful = false
        /// One value per step, from each metric's distributions per step and the minutes of a step.
        var values: @Sendable ((ChatMetric) -> [Distribution], Double) -> [Double?]

        static func rate(
            _ name: String,
            _ metrics: ChatMetric...,
            isPart: Bool = false,
            isHarmful: Bool = false
        ) -> SignalRow {
            SignalRow(name: name, format: .perMinute, isPart: isPart, isHarmful: isHarmful) { series, minutes in
                let all = metrics.map(series)
                return all[0].indices.map { step in
                    let known = all.map { $0[step] }.filter { !$0.isEmpty }
                    return known.isEmpty ? nil : known.reduce(0) { $0 + $1.sum } / minutes
                }
            }
        }
    }

    /// The metrics of the signals.
    private static let counted: [ChatMetric] = [
        .invocations, .errors, .throttles, .clientErrors, .unavailableRequests, .ledgerErrors, .inputTokens,
        .outputTokens,
    ]

    private static let refused = "refused"

    private static let signals: [SignalRow] = [
        .rate("invocations", .invocations),
        SignalRow(name: "errors", format: .percent) { series, _ in
            zip(series(.errors), series(.invocations)).map { errors, invocations in
                invocations.sum == 0 ? nil : 100 * errors.sum / invocations.sum
            }
        },
        .rate("throttled", .throttles, isPart: true),
        .rate(refused, .clientErrors, .unavailableRequests, .ledgerErrors, isHarmful: true),
        .rate("tokens in", .inputTokens),
        .rate("tokens out", .outputTokens),
    ]

    /// Returns for each step whether a count without samples is 0: something recorded then, but there was nothing to
    /// count.
    ///
    /// That is known while a program wrote heartbeats and, before the first of them, between two calls.
    private func countedSteps(
        _ frame: DashFrame,
        _ heartbeats: [ClosedRange<Timestamp>],
        hasCalls: [Bool]
    ) throws -> [Bool] {
        guard let newest = frame.newestData,
            try !reader.store.series(namespace: ChatMetric.namespace, name: ChatMetric.invocations.rawValue).isEmpty
        else { return hasCalls }
        let window = frame.window
        let isEarlier = try hasCalls.first == true || newestData(before: window.from) != nil
        let first = isEarlier ? 0 : hasCalls.firstIndex(of: true) ?? hasCalls.count
        let firstHeartbeat = heartbeats.map(\.lowerBound).min()
        return hasCalls.enumerated().map { step, hasCall in
            let start = window.from + step * window.periodSeconds
            let end = start + window.periodSeconds
            if let firstHeartbeat, end > firstHeartbeat, !hasCall {
                return heartbeats.contains { $0.lowerBound < end && start - $0.upperBound <= frame.longestSilence }
            }
            return hasCall || step >= first && start - newest <= frame.longestSilence
        }
    }

    /// Returns the end of the newest slot that the chat service recorded before a time.
    private func newestData(before time: Timestamp) throws -> Timestamp? {
        try reader.store.newestSlotEnd(before: time, namespace: ChatMetric.namespace)
    }

    /// Returns each metric's distribution in the hour before `end`, on each of the seven preceding days.
    private func usualHours(before end: Timestamp) throws -> [(ChatMetric) -> Distribution] {
        return try (1...7).map { day in
            let to = end - day * 86_400
            let slots = try reader.slots(of: Self.counted.map(Self.reference), from: to - 3600, to: to, period: 3600)
            return { slots[Self.reference($0)]?.total(from: to - 3600, to: to) ?? .empty }
        }
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

    private func latency(_ steps: [Distribution]) -> DashFrame.Latency {
        let percentiles = steps.map { $0.percentiles([50, 90, 99]) }
        return DashFrame.Latency(
            p50: percentiles.map { $0?[0] },
            p90: percentiles.map { $0?[1] },
            p99: percentiles.map { $0?[2] },
            threshold: alarms.first { $0.watchesLatency }?.condition?.threshold
        )
    }

    // Cost.

    private func costPanel(at: Timestamp) throws -> DashFrame.CostPanel {
        let month = CalendarMonth(containing: at)
        let totals = try reader.store.monthTotals(month, asOf: at)
        let total = totals.all
        return DashFrame.CostPanel(
            month: month,
            spent: total.spent,
            held: total.held,
            limit: budget?.limit,
            requests: total.requests,
            quotaRequests: totals.quotaRequests,
            quota: reader.quota,
            runRate: CostReport.runRate(spent: total.spent, month: month, asOf: at),
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
