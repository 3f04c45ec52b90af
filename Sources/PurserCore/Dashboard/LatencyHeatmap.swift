import Foundation

/// How many calls took how long, over time: the histograms of a window's steps on one scale.
package struct LatencyHeatmap: Sendable, Equatable {
    /// The bounds of the rows in seconds, ascending, one more than there are rows; each is the same multiple of the one
    /// before.
    package let edges: [Double]
    /// For each step, the number of calls in each row, the fastest first; nil for a step without data.
    package let counts: [[Int]?]

    package static let mostRows = 12
    /// Bounds are powers of two, of its square root, or of a larger power of two.
    private static let ratios = [Double(2).squareRoot(), 2, 4, 16, 256]

    /// Nil if no step has a sample with a histogram.
    package init?(_ steps: [Distribution]) {
        let values = steps.flatMap { step in step.buckets.map { Self.value($0, in: step) } }
        guard let least = values.min(), let most = values.max() else { return nil }
        let spans = Self.ratios.map { ratio in
            (ratio, Int(floor(log(least) / log(ratio)))...Int(floor(log(most) / log(ratio))))
        }
        guard let (ratio, rows) = spans.first(where: { $0.1.count <= Self.mostRows }) ?? spans.last else { return nil }
        edges = (rows.lowerBound...rows.upperBound + 1).map { pow(ratio, Double($0)) }
        counts = steps.map { step in
            guard !step.buckets.isEmpty else { return nil }
            var counts = [Int](repeating: 0, count: rows.count)
            for bucket in step.buckets {
                let row = Int(floor(log(Self.value(bucket, in: step)) / log(ratio))) - rows.lowerBound
                counts[min(max(row, 0), rows.count - 1)] += bucket.count
            }
            return counts
        }
    }

    package var rows: Int { edges.count - 1 }

    /// Returns a bucket's value in seconds; a call of no time at all counts as a microsecond.
    private static func value(_ bucket: Distribution.Bucket, in step: Distribution) -> Double {
        min(max(step.clamped(BucketScale.estimate(key: bucket.key)), 1e-6), 1e9)
    }
}
