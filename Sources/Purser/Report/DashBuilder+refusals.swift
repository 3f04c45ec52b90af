import PurserCore

extension DashBuilder {
    /// The reasons for which requests are refused, in the words of a row.
    private static let reasons: [(name: String, metric: ChatMetric)] = [
        ("quota", .quotaRefusals), ("budget", .budgetRefusals), ("rate limit", .rateLimitedRequests),
        ("unpriced", .unpricedRequests), ("sign-in", .authenticationFailures), ("invalid", .invalidRequests),
        ("blocked", .blockedRequests), ("unavailable", .unavailableRequests), ("ledger", .ledgerErrors),
    ]
    private static let mostReasons = 3

    /// Returns the rows for the most frequent reasons of refusals in a window, as parts of the row `refused`; none if
    /// nothing was refused.
    func refusalReasons(of refused: DashFrame.Signal, in window: DashFrame.Window) throws -> [DashFrame.Signal] {
        guard refused.values.contains(where: { $0 ?? 0 > 0 }) else { return [] }
        let slots = try reader.slots(
            of: Self.reasons.map { Self.reference($0.metric) },
            from: window.from,
            to: window.to,
            period: window.periodSeconds
        )
        let minutes = Double(window.periodSeconds) / 60
        let rows = Self.reasons.map { name, metric in
            let steps = (slots[Self.reference(metric)] ?? .empty)
                .merged(from: window.from, to: window.to, period: window.periodSeconds)
            // If requests are counted in a step, a reason without samples is 0.
            let values = zip(refused.values, steps).map { all, step in all.map { _ in step.sum / minutes } }
            return DashFrame.Signal(
                name: name,
                format: .perMinute,
                isPart: true,
                isHarmful: true,
                now: values.last ?? nil,
                usual: nil,
                values: values
            )
        }
        let total = { (row: DashFrame.Signal) in row.values.reduce(0) { $0 + ($1 ?? 0) } }
        return Array(rows.filter { total($0) > 0 }.sorted { total($0) > total($1) }.prefix(Self.mostReasons))
    }
}
