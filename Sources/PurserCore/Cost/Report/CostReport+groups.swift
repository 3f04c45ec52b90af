extension CostReport {
    /// Fills in what follows from the month's calls.
    package mutating func add(_ groups: [CostGroup]) {
        rows = Self.rows(groups, keys)
        for group in groups {
            if group.ending == .success { successfulRequests += group.requests }
            if group.isEstimated, group.ending != .entered {
                estimatedRequests += group.requests
                estimatedCost += group.cost
            }
            switch group.source {
            case .live: break
            case .imported: nonLive.imported += group.cost
            case .simulated: nonLive.simulated += group.cost
            }
            if let price = group.price {
                let (first, last) = (pricesRetrieved?.lowerBound, pricesRetrieved?.upperBound)
                let day = price.retrieved
                pricesRetrieved = min(first ?? day, day)...max(last ?? day, day)
                hasDiscount = hasDiscount || price.discount > 0
            }
            if let month = group.correctionOf {
                let known = corrections.firstIndex { $0.month == month }
                if known == nil { corrections.append(Correction(month: month, requests: 0, cost: .zero)) }
                corrections[known ?? corrections.count - 1].requests += group.requests
                corrections[known ?? corrections.count - 1].cost += group.cost
            }
            waste.add(group)
            cache.add(group)
        }
        corrections.sort { $0.month < $1.month }
    }

    /// Compares with the calls of the same days of the month before. Rows of a time have nothing to be compared with.
    package mutating func compare(_ groups: [CostGroup], with before: [CostGroup], of period: Range<Timestamp>) {
        previous = Previous(
            period: period,
            total: before.reduce(.zero) { $0 + $1.cost },
            requests: before.reduce(0) { $0 + $1.requests },
            change: CostChange(from: before, to: groups)
        )
        guard !keys.contains(where: { $0.periodSeconds != nil }) else { return }
        var costs = Dictionary(Self.rows(before, keys).map { ($0.keys, $0.cost) }) { first, _ in first }
        for index in rows.indices { rows[index].previousCost = costs.removeValue(forKey: rows[index].keys) ?? .zero }
        // What has stopped explains a change as well.
        rows += costs.map { Row(keys: $0, requests: 0, usage: TokenUsage(), cost: .zero, previousCost: $1) }
            .sorted { Self.precedes($0, $1, keys) }
    }

    static func rows(_ groups: [CostGroup], _ keys: [CostKey]) -> [Row] {
        var rows: [[String?]: Row] = [:]
        for group in groups {
            var row = rows[group.keys] ?? Row(keys: group.keys, requests: 0, usage: TokenUsage(), cost: .zero)
            row.requests += group.requests
            row.usage += group.usage
            row.cost += group.cost
            rows[group.keys] = row
        }
        return rows.values.sorted { precedes($0, $1, keys) }
    }

    /// By time, then by descending cost, then by name.
    private static func precedes(_ a: Row, _ b: Row, _ keys: [CostKey]) -> Bool {
        for (index, key) in keys.enumerated() where key.periodSeconds != nil && a.keys[index] != b.keys[index] {
            // An hour that the clocks repeat differs from the first one only in its distance from UTC.
            let (first, second) = (a.keys[index] ?? "", b.keys[index] ?? "")
            if let one = Timestamp(iso8601: first), let other = Timestamp(iso8601: second) { return one < other }
            return first < second
        }
        if a.cost != b.cost { return a.cost > b.cost }
        let (was, other) = (a.previousCost ?? .zero, b.previousCost ?? .zero)
        if was != other { return was > other }
        return a.keys.map { $0 ?? "" }.lexicographicallyPrecedes(b.keys.map { $0 ?? "" })
    }
}

extension CostReport.Waste {
    fileprivate mutating func add(_ group: CostGroup) {
        switch group.ending {
        case .failed: failed += group.cost
        case .cancelled: cancelled += group.cost
        case .abandoned: abandoned += group.cost
        case .success:
            // What a correction takes back is below zero.
            let least = group.requests < 0 ? group.beyondTokens : .zero
            if group.isEstimated, group.rates != nil { retries += max(least, group.beyondTokens) }
        case .entered: break
        }
    }
}

extension CostReport.CacheEffect {
    fileprivate mutating func add(_ group: CostGroup) {
        let usage = group.usage
        inputTokens += usage.input + usage.cacheRead + usage.cacheWrite
        readTokens += usage.cacheRead
        guard let rates = group.rates else { return }
        saved += rates.readSavings(of: usage)
        writeCost += rates.writePremium(of: usage)
    }
}

extension TokenUsage {
    package static func += (a: inout TokenUsage, b: TokenUsage) {
        a.input += b.input
        a.output += b.output
        a.cacheRead += b.cacheRead
        a.cacheWrite5m += b.cacheWrite5m
        a.cacheWrite1h += b.cacheWrite1h
    }

    /// Every token that was paid for.
    package var all: Int {
        input + output + cacheRead + cacheWrite
    }
}
