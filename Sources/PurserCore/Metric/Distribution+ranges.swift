/// Statistics over a part of the samples.
///
/// The samples are in ascending order, and every bound is a rank among them. Sample i lies between ranks i - 1 and i,
/// so a percentage may cut through a sample. The first sample is the minimum, the last is the maximum, and each one
/// between them counts as its bucket's estimate, which is at most 0.542 % off.
extension Distribution {
    /// Returns the average of the samples within a range; nil if there are none.
    func trimmedMean(_ range: TrimRange) -> Double? {
        guard let ranks = ranks(range), !ranks.isEmpty else { return nil }
        if isWhole(ranks) { return average }
        // The mean of equal samples is their value; a quotient might differ from it by a rounding error.
        return sum(ranks).map { clamped($0 / (ranks.upperBound - ranks.lowerBound)) }
    }

    /// Returns the number of samples within a range.
    func trimmedCount(_ range: TrimRange) -> Double? {
        ranks(range).map { $0.upperBound - $0.lowerBound }
    }

    /// Returns the sum of the samples within a range.
    func trimmedSum(_ range: TrimRange) -> Double? {
        guard let ranks = ranks(range) else { return nil }
        return isWhole(ranks) ? sum : sum(ranks)
    }

    /// Returns the average in which every sample outside a range counts as the nearer bound: a given value or a
    /// percentile.
    func winsorizedMean(_ range: TrimRange) -> Double? {
        guard let ranks = ranks(range) else { return nil }
        if isWhole(ranks) { return average }
        let (below, above) = (ranks.lowerBound, Double(count) - ranks.upperBound)
        guard var total = sum(ranks), let low = below > 0 ? lowerEnd(range) : 0,
            let high = above > 0 ? upperEnd(range) : 0
        else { return nil }
        total += below * low + above * high
        let mean = total / Double(count)
        // A bound may lie beyond every sample, and then the mean does too.
        let (smallest, largest) = (below > 0 ? low : minimum, above > 0 ? high : maximum)
        return Swift.min(Swift.max(mean, Swift.min(smallest, largest)), Swift.max(smallest, largest))
    }

    /// Returns the number of samples at or below a value; nil if that needs an unknown histogram.
    ///
    /// Exact if the value is zero, a bucket's upper edge, or outside the samples' minimum and maximum; otherwise a
    /// bucket is counted by its estimate.
    package func count(atMost value: Double) -> Int? {
        if value >= maximum { return count }
        if value < minimum { return 0 }
        guard hasWholeHistogram, let key = BucketScale.key(of: value) else { return nil }
        var total = 0
        for (position, bucket) in buckets.enumerated() {
            if bucket.key < key || bucket.key == key && BucketScale.isUpperEdge(value, key: key) {
                total = Self.sum(total, bucket.count)
                continue
            }
            guard bucket.key == key else { break }
            if clamped(BucketScale.estimate(key: key)) <= value {
                // The largest sample is known, and above the value.
                total = Self.sum(total, position == buckets.count - 1 ? bucket.count - 1 : bucket.count)
            } else if position == 0 {
                total = 1
            }
        }
        return total
    }

    /// Returns the ranks between which a range lies; nil if that needs an unknown histogram.
    private func ranks(_ range: TrimRange) -> Range<Double>? {
        switch range {
        case .lowest(let percent):
            return 0..<Self.cut(percent: percent, of: count)
        case .percent(let above, let upTo):
            let low = Self.cut(percent: above ?? 0, of: count)
            return low..<Swift.max(low, Self.cut(percent: upTo ?? 100, of: count))
        case .values(let above, let upTo):
            guard let low = above.map({ count(atMost: $0) }) ?? 0, let high = upTo.map({ count(atMost: $0) }) ?? count
            else { return nil }
            return Double(low)..<Double(Swift.max(low, high))
        }
    }

    private func isWhole(_ ranks: Range<Double>) -> Bool {
        ranks.lowerBound == 0 && ranks.upperBound == Double(count)
    }

    private func lowerEnd(_ range: TrimRange) -> Double? {
        switch range {
        case .lowest: nil
        case .percent(let above, _): above.flatMap(percentile)
        case .values(let above, _): above
        }
    }

    private func upperEnd(_ range: TrimRange) -> Double? {
        switch range {
        case .lowest(let percent): percentile(percent)
        case .percent(_, let upTo): upTo.flatMap(percentile)
        case .values(_, let upTo): upTo
        }
    }

    /// Returns the sum of the samples between two ranks.
    private func sum(_ ranks: Range<Double>) -> Double? {
        if ranks.isEmpty { return 0 }
        guard hasWholeHistogram else { return nil }
        var total = 0.0
        var rank = 0.0
        func pass(_ value: Double, _ samples: Int) {
            let end = rank + Double(samples)
            let share = Swift.min(end, ranks.upperBound) - Swift.max(rank, ranks.lowerBound)
            if share > 0 { total += share * value }
            rank = end
        }
        pass(minimum, 1)
        for (position, bucket) in buckets.enumerated() {
            let isFirst = position == 0
            let isLast = position == buckets.count - 1
            let others = bucket.count - (isFirst ? 1 : 0) - (isLast ? 1 : 0)
            if others > 0 { pass(clamped(BucketScale.estimate(key: bucket.key)), others) }
        }
        if count > 1 { pass(maximum, 1) }
        return total
    }
}
