/// When a month's two ceilings, dollars and requests, are reached.
package enum CeilingOutlook: Sendable, Equatable {
    package enum Ceiling: String, Sendable {
        case budget
        case quota
    }

    /// Neither ceiling is set.
    case unlimited
    case reached(Ceiling)
    /// No traffic yet, from which it could be known.
    case unknown
    case first(Ceiling, at: Timestamp)
    /// Every ceiling that is set lasts the month.
    case lasts

    package init(
        _ month: CalendarMonth,
        at: Timestamp,
        budget: (spent: Picodollars, limit: Picodollars)?,
        quota: (requests: Int, limit: Int, share: Double)?,
        _ traffic: TrafficForecast?
    ) {
        if let budget, budget.spent >= budget.limit {
            self = .reached(.budget)
        } else if let quota, quota.requests >= quota.limit {
            self = .reached(.quota)
        } else if budget == nil, quota == nil {
            self = .unlimited
        } else if at >= month.end {
            self = .lasts
        } else if let traffic {
            let ends = [
                budget.flatMap { budget in
                    traffic.time(.dollars, of: (budget.limit - budget.spent).dollars, before: month.end)
                        .map { (Ceiling.budget, $0) }
                },
                quota.flatMap { quota in
                    traffic.time(
                        .requests,
                        of: Double(quota.limit - quota.requests) / max(quota.share, 1e-9),
                        before: month.end
                    ).map { (Ceiling.quota, $0) }
                },
            ].compactMap(\.self)
            self = ends.min { $0.1 < $1.1 }.map { .first($0.0, at: $0.1) } ?? .lasts
        } else {
            self = .unknown
        }
    }
}
