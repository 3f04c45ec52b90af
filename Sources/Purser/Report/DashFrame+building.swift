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
    private let reader: MetricReader
    private let alarms: [AlarmDefinition]
    private let budget: BudgetDefinition?
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
        let metrics: [ChatMetric] = [
            .invocations, .errors, .throttles, .clientErrors, .inputTokens, .outputTokens, .latency,
        ]
        let slots = try reader.slots(
            of: metrics.map(Self.reference),
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
        let minutes = Double(window.periodSeconds) / 60
        let usual = try usualHours(before: window.to)
        for signal in Self.signals {
            frame.signals.append(
                DashFrame.Signal(
                    name: signal.name,
                    format: signal.format,
                    isPart: signal.isPart,
                    now: signal.values(series, minutes).last ?? nil,
                    usual: Self.median(usual.compactMap { hour in signal.values({ [hour($0)] }, 60)[0] }),
                    values: signal.values(series, minutes)
                )
            )
        }
        frame.newestData = try store.newestSlotEnd(before: at)
        frame.evaluatedAt = try store.lastEvaluation().map { min($0.time, at) }
        frame.alarms = try alarmLines(evaluatedAt: frame.evaluatedAt)
        frame.budget = budgetLine(frame.cost)
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
        /// One value per step, from each metric's distributions per step and the minutes of a step.
        var values: @Sendable ((ChatMetric) -> [Distribution], Double) -> [Double?]

        static func rate(_ name: String, _ metric: ChatMetric, isPart: Bool = false) -> SignalRow {
            SignalRow(name: name, format: .perMinute, isPart: isPart) { series, minutes in
                series(metric).map { $0.isEmpty ? nil : $0.sum / minutes }
            }
        }
    }

    private static let signals: [SignalRow] = [
        .rate("invocations", .invocations),
        SignalRow(name: "errors", format: .percent) { series, _ in
            zip(series(.errors), series(.invocations)).map { errors, invocations in
                invocations.sum == 0 ? nil : 100 * errors.sum / invocations.sum
            }
        },
        .rate("throttled", .throttles, isPart: true),
        .rate("refused", .clientErrors),
        .rate("tokens in", .inputTokens),
        .rate("tokens out", .outputTokens),
    ]

    /// Returns each metric's distribution in the hour before `end`, on each of the seven preceding days.
    private func usualHours(before end: Timestamp) throws -> [(ChatMetric) -> Distribution] {
        let metrics: [ChatMetric] = [.invocations, .errors, .throttles, .clientErrors, .inputTokens, .outputTokens]
        return try (1...7).map { day in
            let to = end - day * 86_400
            let slots = try reader.slots(of: metrics.map(Self.reference), from: to - 3600, to: to, period: 3600)
            return { slots[Self.reference($0)]?.total(from: to - 3600, to: to) ?? .empty }
        }
    }

    static func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private static func reference(_ metric: ChatMetric) -> MetricReference {
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

    // Alarms.

    /// Returns the alarms as of the evaluation that a frame shows, which need not be the last one.
    private func alarmLines(evaluatedAt: Timestamp?) throws -> [DashFrame.AlarmLine] {
        let known = try reader.store.alarmRecords()
        return try alarms.map { definition in
            var line = DashFrame.AlarmLine(
                name: definition.name,
                state: .insufficientData,
                runbook: definition.runbook
            )
            guard let evaluatedAt, known[definition.name] != nil,
                let change = try reader.store.transitions(of: definition.name, until: evaluatedAt, limit: 1).first
            else { return line }
            line.state = change.newState
            line.since = change.time
            line.delivery = try delivery(definition, change)
            if change.newState == .alarm, definition.condition == nil {
                line.summary = definition.alarmReferences.filter { known[$0]?.state == .alarm }.joined(separator: ", ")
            } else if change.newState == .alarm {
                let data = try AlarmDataReader(reader).data(for: [definition]) { _ in [evaluatedAt] }[definition.name]
                let seen = definition.evaluate(data: data ?? AlarmData([:]), previous: change.newState, at: evaluatedAt)
                line.summary = seen.summary(of: definition)
                line.samples = seen.newestSampleCount
            }
            return line
        }
    }

    private func delivery(_ definition: AlarmDefinition, _ change: AlarmTransition) throws -> DashFrame.Delivery? {
        let messages = try reader.store.messages(about: definition.name, change: change.number, limit: 100)
        // If there are several topics, the operator must know about the one that the message did not reach.
        if messages.contains(where: { $0.status == .failed }) { return .failed }
        if messages.contains(where: { $0.status == .pending }) { return .pending }
        if let last = messages.map({ $0.sent ?? $0.created }).max() { return .sent(last) }
        // The files read here may name no topic even though the evaluator's did, so queued messages are checked first.
        let hasTopic = !definition.actions(for: change.newState).isEmpty
        return hasTopic || change.newState != .alarm ? nil : .noTopic
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

    /// Returns the highest threshold that the month has crossed; actual spending takes precedence over the forecast.
    private func budgetLine(_ cost: DashFrame.CostPanel) -> DashFrame.BudgetLine? {
        guard let budget else { return nil }
        let crossed = budget.notifications(actual: cost.spent, forecast: cost.runRate).filter(\.isCrossed)
        let highest = crossed.max { a, b in
            (a.kind == .actual ? 1 : 0, a.thresholdPercent) < (b.kind == .actual ? 1 : 0, b.thresholdPercent)
        }
        return highest.map { status in
            DashFrame.BudgetLine(
                kind: status.kind == .actual ? .actual : .forecasted,
                amount: status.kind == .actual ? cost.spent : cost.runRate ?? cost.spent,
                limit: budget.limit,
                thresholdPercent: status.thresholdPercent
            )
        }
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
        guard case .metric(let metric) = rule, case .percentile = metric.statistic else { return false }
        return metric.metric.name == ChatMetric.latency.rawValue && metric.metric.namespace == ChatMetric.namespace
    }
}
