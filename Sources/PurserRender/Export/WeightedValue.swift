import PurserCore

/// A value and the number of samples that have it, as in CloudWatch's Values and Counts.
struct WeightedValue: Equatable {
    var value: Double
    var count: Int

    /// Returns values, in ascending order, that represent a distribution with a whole histogram: one sample each for
    /// the minimum and the maximum, and one value for the rest of every bucket.
    ///
    /// All of them are in the buckets of the samples they represent, so the count, minimum, maximum and percentiles are
    /// those of the distribution. A value may be anywhere in its bucket; the positions are chosen to make the sum right
    /// too, with all values at the same fraction of the way from the lower to the upper end of their buckets.
    static func standing(for distribution: Distribution) -> [WeightedValue] {
        let (minimum, maximum) = (distribution.minimum, distribution.maximum)
        if minimum == maximum { return [WeightedValue(value: minimum, count: distribution.count)] }
        var rest = distribution.buckets
        guard !rest.isEmpty else { return [] }
        rest[0].count -= 1
        rest[rest.count - 1].count -= 1
        rest.removeAll { $0.count <= 0 }
        let ranges = rest.map { bucket in
            let range = bucket.valueRange
            return (low: max(range.lowerBound, minimum), high: min(range.upperBound, maximum), count: bucket.count)
        }
        let lowest = ranges.reduce(0) { $0 + $1.low * Double($1.count) }
        let highest = ranges.reduce(0) { $0 + $1.high * Double($1.count) }
        let wanted = distribution.sum - minimum - maximum
        let part = highest > lowest ? min(max((wanted - lowest) / (highest - lowest), 0), 1) : 0
        let values = ranges.map { range in
            let value = part == 1 ? range.high : range.low + part * (range.high - range.low)
            return WeightedValue(value: min(max(value, range.low), range.high), count: range.count)
        }
        return [WeightedValue(value: minimum, count: 1)] + values + [WeightedValue(value: maximum, count: 1)]
    }
}

extension Distribution.Bucket {
    /// The smallest and the largest value that the bucket holds.
    fileprivate var valueRange: ClosedRange<Double> {
        if key == 0 { return 0...0 }
        let index = Int(key.magnitude) - Int(BucketScale.offset)
        let high = BucketScale.edge(index + 1)
        // Below the smallest normal number two edges may round to one.
        let low = min(BucketScale.edge(index).nextUp, high)
        return key < 0 ? -high ... -low : low...high
    }
}

extension Array {
    /// Returns the elements in pieces of at most `size`.
    func pieces(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
