import PurserCore

/// OpenTelemetry's exponential histogram: at scale s, bucket i holds (b^i, b^(i+1)] with b = 2^(2^-s).
struct ExponentialHistogram: Equatable {
    static let scales = -10...20
    /// The store's scale.
    static let storedScale = 6
    /// The indexes at the stored scale, from the smallest double to the largest magnitude of a sample.
    private static let storedIndexes = -68_736...(63 * 64 - 1)

    private(set) var scale: Int
    var zeroCount: Int
    /// Counts by index.
    private(set) var positive: [Int: Int]
    private(set) var negative: [Int: Int]
    var sum: Double?

    init(scale: Int, zeroCount: Int, positive: [Int: Int], negative: [Int: Int], sum: Double?) {
        self.scale = scale
        self.zeroCount = zeroCount
        self.positive = positive.filter { $0.value != 0 }
        self.negative = negative.filter { $0.value != 0 }
        self.sum = sum
    }

    var count: Int { zeroCount + positive.values.reduce(0, +) + negative.values.reduce(0, +) }

    /// Whether every bucket lies within one of the store's.
    var isExact: Bool { scale >= Self.storedScale }

    /// Returns the same samples at a coarser scale; each step merges two buckets into one.
    func downscaled(to target: Int) -> ExponentialHistogram {
        guard target < scale else { return self }
        let shift = scale - target
        let merge = { (buckets: [Int: Int]) in
            buckets.reduce(into: [Int: Int]()) { $0[$1.key >> shift, default: 0] += $1.value }
        }
        return ExponentialHistogram(
            scale: target,
            zeroCount: zeroCount,
            positive: merge(positive),
            negative: merge(negative),
            sum: sum
        )
    }

    /// Returns the samples since an earlier state of the same histogram; nil if it was reset.
    func since(_ earlier: ExponentialHistogram) -> ExponentialHistogram? {
        let target = min(scale, earlier.scale)
        var rest = downscaled(to: target)
        let before = earlier.downscaled(to: target)
        rest.zeroCount -= before.zeroCount
        for (index, count) in before.positive { rest.positive[index, default: 0] -= count }
        for (index, count) in before.negative { rest.negative[index, default: 0] -= count }
        let all = [rest.zeroCount] + rest.positive.values + rest.negative.values
        guard all.allSatisfy({ $0 >= 0 }) else { return nil }
        rest.sum = nil
        if let sum, let old = earlier.sum { rest.sum = sum - old }
        return ExponentialHistogram(
            scale: target,
            zeroCount: rest.zeroCount,
            positive: rest.positive,
            negative: rest.negative,
            sum: rest.sum
        )
    }

    /// Returns the samples in the store's buckets. Samples of a coarser bucket are placed in its middle, clamped to the
    /// extremes if these are known. The result is empty without samples, and nil if a value does not fit.
    func distribution(minimum: Double? = nil, maximum: Double? = nil) -> Distribution? {
        guard count > 0 else { return .empty }
        var counts: [Int32: Int] = [:]
        if zeroCount > 0 { counts[0] = zeroCount }
        let low = minimum.flatMap(BucketScale.key(of:)) ?? .min
        let high = maximum.flatMap(BucketScale.key(of:)) ?? .max
        for (sign, buckets) in [(Int32(1), positive), (-1, negative)] {
            for (index, count) in buckets {
                guard let stored = storedIndex(index) else { return nil }
                var key = sign * (Int32(stored) + BucketScale.offset)
                if !isExact, low <= high { key = min(max(key, low), high) }
                counts[key, default: 0] += count
            }
        }
        let keys = counts.keys.sorted()
        let estimates = keys.compactMap { Distribution(value: BucketScale.estimate(key: $0), count: counts[$0] ?? 0) }
        let estimate = estimates.reduce(into: Distribution.empty) { $0.merge($1) }
        if let sum, sum.magnitude > Distribution.largestMagnitude { return nil }
        return Distribution(
            count: count,
            sumNanos: sum.map(Distribution.nanos) ?? estimate.sumNanos,
            minimum: minimum ?? estimate.minimum,
            maximum: maximum ?? estimate.maximum,
            buckets: keys.map { .init(key: $0, count: counts[$0] ?? 0) }
        )
    }

    private func storedIndex(_ index: Int) -> Int? {
        if isExact {
            let stored = index >> (scale - Self.storedScale)
            return Self.storedIndexes.contains(stored) ? stored : nil
        }
        let finer = Self.storedScale - scale
        let middle = (index << finer) + (1 << (finer - 1))
        // A wide bucket may reach beyond the largest sample allowed, but has no samples there.
        guard index << finer <= Self.storedIndexes.upperBound else { return nil }
        return min(max(middle, Self.storedIndexes.lowerBound), Self.storedIndexes.upperBound)
    }
}
