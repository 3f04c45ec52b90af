/// The samples of one series in one period: count, exact sum, minimum, maximum and histogram.
///
/// Counters and latencies alike are distributions, and every CloudWatch statistic is derived from one. Two
/// distributions merge without loss and in any order, so a p99 over a month is as exact as one over ten seconds.
package struct Distribution: Sendable, Equatable {
    /// A bucket with samples in it; ``BucketScale`` defines which values its key holds.
    package struct Bucket: Sendable, Equatable {
        package var key: Int32
        package var count: Int

        package init(key: Int32, count: Int) {
            self.key = key
            self.count = count
        }
    }

    /// The number of samples, above zero unless the distribution is empty.
    package internal(set) var count: Int
    /// The sum of the samples in billionths of the unit, each sample rounded to that before it was added.
    package internal(set) var sumNanos: Int128
    package internal(set) var minimum: Double
    package internal(set) var maximum: Double
    /// By ascending key. Their counts add up to ``count``, except for samples that came as a summary without a
    /// histogram (CloudWatch's StatisticValues).
    package internal(set) var buckets: [Bucket]

    /// The largest magnitude a sample may have. Counts and sums that do not fit are clamped to the largest value that
    /// does.
    package static let largestMagnitude = 0x1p63

    package static let empty = Distribution(count: 0, sumNanos: 0, minimum: .infinity, maximum: -.infinity, buckets: [])

    /// Creates a distribution from its parts without checking them.
    package init(count: Int, sumNanos: Int128, minimum: Double, maximum: Double, buckets: [Bucket]) {
        self.count = count
        self.sumNanos = sumNanos
        self.minimum = minimum
        self.maximum = maximum
        self.buckets = buckets
    }

    /// Creates a distribution of `count` samples of one value; nil if the value is not finite or larger than
    /// ``largestMagnitude``, or the count is not above zero.
    package init?(value: Double, count: Int = 1) {
        guard count > 0, value.magnitude <= Self.largestMagnitude, let key = BucketScale.key(of: value) else {
            return nil
        }
        self.init(
            count: count,
            sumNanos: Self.sum(of: value, count: count),
            minimum: value,
            maximum: value,
            buckets: [Bucket(key: key, count: count)]
        )
    }

    /// Creates a distribution from a summary without a histogram: percentiles exist only if the minimum and the maximum
    /// are equal.
    ///
    /// Nil if the figures contradict each other.
    package init?(count: Int, sum: Double, minimum: Double, maximum: Double) {
        guard count > 0, minimum <= maximum, minimum.magnitude <= Self.largestMagnitude,
            maximum.magnitude <= Self.largestMagnitude, sum.magnitude <= Self.largestMagnitude
        else { return nil }
        let buckets = minimum == maximum ? BucketScale.key(of: minimum).map { [Bucket(key: $0, count: count)] } : nil
        self.init(
            count: count,
            sumNanos: Self.nanos(sum),
            minimum: minimum,
            maximum: maximum,
            buckets: buckets ?? []
        )
    }

    /// Returns a value in billionths, rounded to the nearest.
    package static func nanos(_ value: Double) -> Int128 {
        let scaled = value * 1e9
        // Adding and subtracting 1.5 · 2^52 leaves no room for a fraction, which rounds without a function call.
        if scaled.magnitude < 0x1p51 { return Int128(Int64((scaled + 0x1.8p52) - 0x1.8p52)) }
        // Above that, the whole part is split off so that it stays exact.
        let whole = value.rounded(.towardZero)
        return Int128(whole) * 1_000_000_000 + Int128(((value - whole) * 1e9).rounded())
    }

    package var isEmpty: Bool { count == 0 }

    package var sum: Double {
        // Most sums fit into 64 bits, and converting those is many times faster.
        let small = Int64(truncatingIfNeeded: sumNanos)
        if Int128(small) == sumNanos {
            let (whole, rest) = small.quotientAndRemainder(dividingBy: 1_000_000_000)
            return Double(whole) + Double(rest) / 1e9
        }
        let (whole, rest) = sumNanos.quotientAndRemainder(dividingBy: 1_000_000_000)
        return Double(whole) + Double(rest) / 1e9
    }

    package var average: Double {
        sum / Double(count)
    }

    /// Adds every sample of another distribution.
    package mutating func merge(_ other: Distribution) {
        count = Self.sum(count, other.count)
        sumNanos = Self.sum(sumNanos, other.sumNanos)
        minimum = Swift.min(minimum, other.minimum)
        maximum = Swift.max(maximum, other.maximum)
        buckets = Self.merged(buckets, other.buckets)
    }

    /// Returns the sum, or the nearest value that the type can hold.
    static func sum<Value: FixedWidthInteger>(_ a: Value, _ b: Value) -> Value {
        let (sum, isTooLarge) = a.addingReportingOverflow(b)
        return isTooLarge ? (a < 0 ? .min : .max) : sum
    }

    /// Returns the sum of `count` equal samples in billionths, or the nearest value that the type can hold.
    static func sum(of value: Double, count: Int) -> Int128 {
        let (sum, isTooLarge) = nanos(value).multipliedReportingOverflow(by: Int128(count))
        return isTooLarge ? (value < 0 ? .min : .max) : sum
    }

    private static func merged(_ a: [Bucket], _ b: [Bucket]) -> [Bucket] {
        if a.isEmpty { return b }
        if b.isEmpty { return a }
        var out: [Bucket] = []
        out.reserveCapacity(a.count + b.count)
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if a[i].key == b[j].key {
                out.append(Bucket(key: a[i].key, count: sum(a[i].count, b[j].count)))
                i += 1
                j += 1
            } else if a[i].key < b[j].key {
                out.append(a[i])
                i += 1
            } else {
                out.append(b[j])
                j += 1
            }
        }
        out += a[i...]
        out += b[j...]
        return out
    }

    /// Returns the value at or below which `percent` of the samples lie, by nearest rank; at most 0.542 % off, and
    /// exact for the smallest and the largest sample.
    ///
    /// Nil if there are no samples, or if some came without a histogram.
    package func percentile(_ percent: Double) -> Double? {
        percentiles([percent])?[0]
    }

    /// Returns several percentiles in one pass over the buckets; `percents` must be in ascending order.
    package func percentiles(_ percents: [Double]) -> [Double]? {
        guard count > 0, hasWholeHistogram else { return nil }
        var results: [Double] = []
        var (position, below) = (0, 0)
        for percent in percents {
            let rank = Self.rank(percent: percent, of: count)
            if rank <= 1 {
                results.append(minimum)
            } else if rank >= count {
                results.append(maximum)
            } else {
                while Self.sum(below, buckets[position].count) < rank {
                    below += buckets[position].count
                    position += 1
                }
                results.append(clamped(BucketScale.estimate(key: buckets[position].key)))
            }
        }
        return results
    }

    /// Whether every sample is in a bucket.
    package var hasWholeHistogram: Bool {
        buckets.reduce(0) { Self.sum($0, $1.count) } == count
    }

    /// Returns the nearest value between the minimum and the maximum.
    func clamped(_ value: Double) -> Double {
        Swift.min(Swift.max(value, minimum), maximum)
    }

    /// Returns the nearest rank, ceil(percent/100 · n), counted from 1.
    static func rank(percent: Double, of count: Int) -> Int {
        let rank = cut(percent: percent, of: count).rounded(.up)
        return Swift.min(Swift.max(Int(exactly: rank) ?? count, 1), count)
    }

    /// Returns percent/100 · n, including a fraction of a sample. A product that differs from a whole number only by a
    /// rounding error counts as that number: 99.9 % of 1,000 is 999, although 99.9/100·1000 is slightly more in
    /// doubles.
    static func cut(percent: Double, of count: Int) -> Double {
        let exact = percent * Double(count) / 100
        let nearest = exact.rounded()
        return (exact - nearest).magnitude < 1e-9 * Swift.max(1, exact) ? nearest : exact
    }
}
