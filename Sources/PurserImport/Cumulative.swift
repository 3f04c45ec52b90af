import PurserCore

/// The last known values of series that count from their start.
///
/// A new series counts from zero if it began with this input. If it began long before, or its start is unknown, its
/// first value is only the baseline for later ones: storing all of it in the slot of the first sample would show a peak
/// that never happened, and would show it again for the next file.
struct Cumulative<Value> {
    private struct Seen {
        var value: Value
        var start: Timestamp?
        var time: Timestamp
    }

    enum Step {
        /// Nothing to count yet.
        case baseline
        /// All of the value is new.
        case fromZero
        /// The difference from this value is new.
        case since(Value)
        /// The sample is not after the previous one.
        case outOfOrder
    }

    /// A series that began at most this long before the input's first sample counts as having begun with the input: the
    /// difference is an exporter's first interval.
    static var graceSeconds: Int { 300 }

    private var seen: [String: Seen] = [:]

    /// Records a value and returns what to count. `first` is the input's first time, and `isLate` says that a series
    /// not seen before began after that. Samples whose time comes only from the clock are not compared by time.
    mutating func step(
        _ key: String,
        _ value: Value,
        start: Timestamp?,
        time: Timestamp,
        isTimed: Bool,
        first: Timestamp,
        isLate: Bool
    ) -> Step {
        let before = seen[key]
        if let before, isTimed, time <= before.time { return .outOfOrder }
        seen[key] = Seen(value: value, start: start, time: time)
        if let before {
            if let old = before.start, let start, old != start { return .fromZero }
            return .since(before.value)
        }
        if let start { return start >= first - Self.graceSeconds ? .fromZero : .baseline }
        return isLate ? .fromZero : .baseline
    }

    func knows(_ key: String) -> Bool { seen[key] != nil }
}

/// Samples known only by how many of them lie between bounds, and perhaps by their sum.
struct BoundedHistogram: Equatable {
    /// The finite upper bounds, ascending; each inclusive.
    var bounds: [Double]
    /// The number of samples up to each bound and above the previous one; the last is the number above all bounds.
    var counts: [Int]
    var sum: Double?

    var count: Int { counts.reduce(0, +) }

    /// Returns the samples since an earlier state of the same histogram; nil if it was reset.
    func since(_ earlier: BoundedHistogram) -> BoundedHistogram? {
        guard bounds == earlier.bounds, counts.count == earlier.counts.count else { return nil }
        let rest = zip(counts, earlier.counts).map { $0 - $1 }
        guard rest.allSatisfy({ $0 >= 0 }) else { return nil }
        var difference: Double?
        if let sum, let before = earlier.sum { difference = sum - before }
        return BoundedHistogram(bounds: bounds, counts: rest, sum: difference)
    }

    /// Returns the samples at the upper bounds of their buckets; empty without samples, nil if a figure does not fit.
    ///
    /// Samples above all bounds are at the maximum or, if it is unknown, at the largest bound. If the extremes are
    /// known, all samples are within them. The sum is exact.
    func distribution(minimum: Double? = nil, maximum: Double? = nil) -> Distribution? {
        guard count > 0 else { return .empty }
        let low = minimum ?? -Distribution.largestMagnitude
        let high = max(maximum ?? Distribution.largestMagnitude, low)
        let beyond = bounds.last ?? (sum ?? 0) / Double(count)
        var merged = Distribution.empty
        for (bound, count) in zip(bounds + [maximum ?? beyond], counts) where count > 0 {
            guard let part = Distribution(value: min(max(bound, low), high), count: count) else { return nil }
            merged.merge(part)
        }
        if let sum, sum.magnitude > Distribution.largestMagnitude { return nil }
        return Distribution(
            count: merged.count,
            sumNanos: sum.map(Distribution.nanos) ?? merged.sumNanos,
            minimum: minimum ?? merged.minimum,
            maximum: maximum ?? merged.maximum,
            buckets: merged.buckets
        )
    }
}
