/// When a period's two ceilings, dollars and requests, are reached.
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
    /// Every ceiling that is set lasts the period.
    case lasts

    /// - Parameter used: What the period has used; its requests are those that count towards the limit.
    package init(
        _ period: Range<Timestamp>,
        at: Timestamp,
        _ used: MonthTotal,
        limit: PeriodLimit,
        _ traffic: TrafficForecast?
    ) {
        if let dollars = limit.dollars, used.spent >= dollars {
            self = .reached(.budget)
        } else if let requests = limit.requests, used.requests >= requests {
            self = .reached(.quota)
        } else if limit.dollars == nil, limit.requests == nil {
            self = .unlimited
        } else if at >= period.upperBound {
            self = .lasts
        } else if let traffic {
            let end = period.upperBound
            let ends = [
                limit.dollars.flatMap { dollars in
                    traffic.time(.dollars, of: (dollars - used.spent).dollars, before: end).map { (Ceiling.budget, $0) }
                },
                limit.requests.flatMap { requests in
                    let left = Double(requests - used.requests) / max(limit.share, 1e-9)
                    return traffic.time(.requests, of: left, before: end).map { (Ceiling.quota, $0) }
                },
            ].compactMap(\.self)
            self = ends.min { $0.1 < $1.1 }.map { .first($0.0, at: $0.1) } ?? .lasts
        } else {
            self = .unknown
        }
    }

    /// Returns what can be said with a forecast: from too little traffic, nothing about the time to come.
    package func known(from forecast: PeriodForecast?) -> CeilingOutlook {
        switch self {
        case .first, .lasts: forecast.map(\.isSure) == false ? .unknown : self
        case .unlimited, .reached, .unknown: self
        }
    }
}
