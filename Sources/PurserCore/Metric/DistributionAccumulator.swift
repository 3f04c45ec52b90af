/// Merges many distributions in a window of plain counts, without an allocation for each.
package struct DistributionAccumulator: Sendable {
    private var count = 0
    private var sumNanos: Int128 = 0
    private var minimum = Double.infinity
    private var maximum = -Double.infinity
    /// The counts of the keys from `firstKey` on.
    var window: [Int] = []
    private(set) var firstKey: Int32 = 0
    /// Keys that would stretch the window too far.
    private var outliers: [Int32: Int] = [:]

    /// The most keys a window spans: 64 octaves.
    private static let longestWindow = 4096

    package init() {}

    package mutating func add(_ distribution: Distribution) {
        add(
            count: distribution.count,
            sumNanos: distribution.sumNanos,
            minimum: distribution.minimum,
            maximum: distribution.maximum
        )
        for bucket in distribution.buckets {
            add(key: bucket.key, count: bucket.count)
        }
    }

    mutating func add(count more: Int, sumNanos sum: Int128, minimum low: Double, maximum high: Double) {
        count = Distribution.sum(count, more)
        sumNanos = Distribution.sum(sumNanos, sum)
        minimum = Swift.min(minimum, low)
        maximum = Swift.max(maximum, high)
    }

    @inline(__always)
    mutating func add(key: Int32, count: Int) {
        let position = Int(key) - Int(firstKey)
        if position >= 0, position < window.count {
            window[position] = Distribution.sum(window[position], count)
        } else {
            addOutside(key: key, count: count)
        }
    }

    private mutating func addOutside(key: Int32, count: Int) {
        if stretch(to: key) {
            window[Int(key - firstKey)] = Distribution.sum(window[Int(key - firstKey)], count)
        } else {
            outliers[key] = Distribution.sum(outliers[key] ?? 0, count)
        }
    }

    /// Extends the window to hold a key; returns false if it would become too long.
    mutating func stretch(to key: Int32) -> Bool {
        if window.isEmpty {
            window = Array(repeating: 0, count: 64)
            firstKey = key - 32
        }
        let low = Swift.min(firstKey, key - 32)
        let high = Swift.max(firstKey + Int32(window.count), key + 32)
        guard Int(high - low) <= Self.longestWindow else { return false }
        if low < firstKey {
            window.insert(contentsOf: repeatElement(0, count: Int(firstKey - low)), at: 0)
            firstKey = low
        }
        if Int(high - low) > window.count {
            window.append(contentsOf: repeatElement(0, count: Int(high - low) - window.count))
        }
        return true
    }

    /// Everything that was added, as one distribution.
    package var distribution: Distribution {
        var buckets: [Distribution.Bucket] = []
        buckets.reserveCapacity(window.reduce(0) { $0 + ($1 > 0 ? 1 : 0) })
        for position in window.indices where window[position] > 0 {
            buckets.append(.init(key: firstKey + Int32(position), count: window[position]))
        }
        if !outliers.isEmpty {
            // A key may be in both places: it was an outlier before the window grew over it.
            for (key, count) in outliers {
                if let index = buckets.firstIndex(where: { $0.key == key }) {
                    buckets[index].count = Distribution.sum(buckets[index].count, count)
                } else {
                    buckets.append(.init(key: key, count: count))
                }
            }
            buckets.sort { $0.key < $1.key }
        }
        return Distribution(count: count, sumNanos: sumNanos, minimum: minimum, maximum: maximum, buckets: buckets)
    }

    /// Empties the accumulator; if its capacity is kept, adding samples of about the same values allocates no memory.
    package mutating func removeAll(keepingCapacity: Bool = false) {
        guard keepingCapacity else {
            self = DistributionAccumulator()
            return
        }
        count = 0
        sumNanos = 0
        minimum = .infinity
        maximum = -.infinity
        for position in window.indices { window[position] = 0 }
        outliers.removeAll()
    }

    /// Removes and returns everything that was added; nil if nothing was added.
    package mutating func takeAll() -> Distribution? {
        guard count > 0 else { return nil }
        defer { removeAll() }
        return distribution
    }
}
