import ChatService
import PurserCore

extension DashBuilder {
    /// The reasons for which requests are refused, in the words of a row.
    private static let reasons: [DashSignalRow] = [
        ("quota", .quotaRefusals), ("budget", .budgetRefusals), ("rate limit", .rateLimitedRequests),
        ("unpriced", .unpricedRequests), ("sign-in", .authenticationFailures), ("invalid", .invalidRequests),
        ("blocked", .blockedRequests), ("unavailable", .unavailableRequests), ("ledger", .ledgerErrors),
    ].map { (name: String, metric: ChatMetric) in
        DashSignalRow(name: name, kind: .refusals, measure: .rate([metric]), isPart: true)
    }
    private static let mostReasons = 3

    /// The metrics of all reasons.
    static let refusalMetrics = reasons.flatMap(\.metrics)

    /// Returns how many requests were refused in the hour before a time.
    func refused(before end: Timestamp) throws -> Double {
        let row = DashSignalRow.refused
        return try row.value(distributions(in: end - 3600..<end, of: row.metrics), minutes: 1) ?? 0
    }

    /// Returns the rows for the most frequent reasons of refusals in a window, as parts of the row `refused`; none if
    /// nothing was refused.
    func refusalReasons(of refused: DashFrame.Signal, in frame: DashFrame, _ now: Range<Timestamp>) throws
        -> [DashFrame.Signal]
    {
        guard refused.values.contains(where: { $0 ?? 0 > 0 }) || refused.now ?? 0 > 0 else { return [] }
        let window = frame.window
        let slots = try reader.slots(
            of: Self.refusalMetrics.map(Self.reference),
            from: window.from,
            to: window.dataEnd,
            period: window.periodSeconds
        )
        let newest = try distributions(in: now, of: Self.refusalMetrics)
        let minutes = Double(now.upperBound - now.lowerBound) / 60_000
        let rows = Self.reasons.map { row in
            let steps = row.metrics.flatMap { metric in
                (slots[Self.reference(metric)] ?? .empty)
                    .merged(from: window.from, to: window.stepsEnd, period: window.periodSeconds)
            }
            // If requests are counted in a step, a reason without samples is 0.
            let values = zip(refused.values, steps).enumerated().map { index, step in
                step.0.map { _ in step.1.sum * 60 / Double(max(1, window.seconds(ofStep: index))) }
            }
            var part = DashFrame.Signal(
                name: row.name,
                format: row.format,
                isPart: row.isPart,
                kind: row.kind,
                now: refused.now.map { _ in row.value(newest, minutes: minutes) ?? 0 },
                usual: nil,
                values: values
            )
            part.nowTime = now
            return part
        }
        let total = { (row: DashFrame.Signal) in row.values.reduce(0) { $0 + ($1 ?? 0) } }
        return Array(rows.filter { total($0) > 0 }.sorted { total($0) > total($1) }.prefix(Self.mostReasons))
    }
}
