import PurserCore

/// The `le` edges of a family of classic histograms: edges of one schema of Prometheus' native histograms.
///
/// Schema s has 2^s buckets per octave, so each of its edges is an edge of the stored scale 6, and counts of samples at
/// or below an edge are exact.
struct PrometheusEdges: Equatable {
    /// An edge is ± b^index of the stored scale, or zero.
    struct Edge: Equatable {
        var value: Double
        /// Buckets with a key up to this one lie at or below the edge.
        var lastKey: Int32
    }

    /// The schema of the edges: 3 if 40 buckets are enough, otherwise the finest that needs no more, down to -4.
    var schema: Int
    var edges: [Edge]

    private static let mostBuckets = 40

    init(keys: some Sequence<Int32>) {
        let keys = Array(keys)
        let indices = keys.filter { $0 > 0 }.map { Int($0) - Int(BucketScale.offset) }
        let negative = keys.filter { $0 < 0 }.map { Int($0.magnitude) - Int(BucketScale.offset) }
        let needsZero = keys.contains { $0 <= 0 }
        var schema = 3
        var edges = Self.edges(indices, negative, needsZero, schema)
        while schema > -4, edges.count > Self.mostBuckets {
            schema -= 1
            edges = Self.edges(indices, negative, needsZero, schema)
        }
        self.schema = schema
        self.edges = edges
    }

    private static func edges(_ positive: [Int], _ negative: [Int], _ needsZero: Bool, _ schema: Int) -> [Edge] {
        let step = 1 << (6 - schema)
        let offset = Int(BucketScale.offset)
        var edges: [Edge] = []
        // Bucket -k holds [-b^(k+1), -b^k), so the buckets from k on are below the edge -b^k. A sample of exactly -b^k
        // belongs to the bucket after it and is counted at the next edge.
        for index in ends(negative, step).reversed() {
            edges.append(Edge(value: -BucketScale.edge(index), lastKey: Int32(-(index + offset))))
        }
        if needsZero { edges.append(Edge(value: 0, lastKey: 0)) }
        for index in ends(positive, step) {
            edges.append(Edge(value: BucketScale.edge(index), lastKey: Int32(index - 1 + offset)))
        }
        // An edge below the smallest double is rounded to zero, and says no more than the edge at zero.
        return edges.filter { $0.value != 0 || $0.lastKey == 0 }
    }

    /// Returns the edges from below the smallest bucket to above the largest.
    private static func ends(_ indices: [Int], _ step: Int) -> [Int] {
        guard let low = indices.min(), let high = indices.max() else { return [] }
        let first = low.flooredToMultiple(of: step)
        let last = high.flooredToMultiple(of: step) + step
        return Array(stride(from: first, through: last, by: step))
    }

    /// Returns how many samples are at or below each edge.
    func cumulative(_ buckets: [Distribution.Bucket]) -> [Int] {
        var (position, below) = (0, 0)
        return edges.map { edge in
            while position < buckets.count, buckets[position].key <= edge.lastKey {
                below += buckets[position].count
                position += 1
            }
            return below
        }
    }
}

extension Int {
    fileprivate func flooredToMultiple(of step: Int) -> Int {
        let rest = self % step
        return self - (rest < 0 ? rest + step : rest)
    }
}
