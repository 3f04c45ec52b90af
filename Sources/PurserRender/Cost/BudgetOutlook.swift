import PurserCore

/// When the month's two ceilings, dollars and requests, are reached at the rate so far.
struct BudgetOutlook: Sendable, Equatable {
    enum Ceiling: String, Sendable {
        case budget
        case quota
    }

    enum Finding: Sendable, Equatable {
        /// Neither ceiling is set.
        case unlimited
        case reached(Ceiling)
        /// Before the month's third day a rate says little.
        case tooEarly
        case first(Ceiling, at: Timestamp)
        /// Every ceiling that is set lasts the month.
        case lasts
    }

    let finding: Finding
    private let ceilings: [Ceiling]

    init(_ cost: DashFrame.CostPanel, at: Timestamp) {
        var reached: [Ceiling] = []
        var ends: [(ceiling: Ceiling, time: Timestamp)] = []
        var ceilings: [Ceiling] = []
        let elapsed = Int128(max(0, min(at, cost.month.end) - cost.month.start))
        func consider(_ ceiling: Ceiling, used: Int128, limit: Int128) {
            ceilings.append(ceiling)
            if used >= limit {
                reached.append(ceiling)
            } else if used > 0 {
                // A ceiling can be so far off that its time does not fit in a 64-bit number.
                let whole = Int64(clamping: elapsed * limit / used)
                let (time, isTooFar) = cost.month.start.milliseconds.addingReportingOverflow(whole)
                if !isTooFar { ends.append((ceiling, Timestamp(milliseconds: time))) }
            }
        }
        if let limit = cost.limit { consider(.budget, used: cost.spent.rawValue, limit: limit.rawValue) }
        if let quota = cost.quota { consider(.quota, used: Int128(cost.quotaRequests), limit: Int128(quota)) }
        self.ceilings = ceilings

        let within = ends.filter { $0.time < cost.month.end }.min { $0.time < $1.time }
        if ceilings.isEmpty {
            finding = .unlimited
        } else if let ceiling = reached.first {
            finding = .reached(ceiling)
        } else if at >= cost.month.end {
            finding = .lasts
        } else if cost.runRate == nil {
            finding = .tooEarly
        } else {
            finding = within.map { .first($0.ceiling, at: $0.time) } ?? .lasts
        }
    }

    /// Returns the finding in words: `the budget runs out first, on 28 November`.
    func text(at: Timestamp, month: CalendarMonth) -> String? {
        switch finding {
        case .unlimited: return nil
        case .reached(let ceiling): return "the \(ceiling.rawValue) is used up"
        case .tooEarly: return "too early in the month to say what runs out first"
        case .first(let ceiling, let time):
            let order = ceilings.count > 1 ? "runs out first," : "runs out"
            if time.date == at.date { return "the \(ceiling.rawValue) \(order) today, about \(time.hourAndMinute) UTC" }
            return "the \(ceiling.rawValue) \(order) on \(time.fields.day) \(month.name)"
        case .lasts:
            if at >= month.end { return "the month is over" }
            let names = ceilings.map(\.rawValue)
            return names.count > 1
                ? "neither budget nor quota runs out at the month's average"
                : "the \(names[0]) lasts at the month's average"
        }
    }
}
