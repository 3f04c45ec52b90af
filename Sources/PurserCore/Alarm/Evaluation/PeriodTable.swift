/// One statistic of one metric over all periods that begin at a cut of a grid, computed in one pass.
struct PeriodTable: Sendable, Equatable {
    private let grid: SlotGrid
    private let first: Int64
    /// The number of pieces in a period.
    private let width: Int
    private let values: [AlarmData.PeriodValue]

    /// Computes the values of all periods of the metric's length that are in a range and begin at a cut of its grid.
    init(_ series: SlotSeries, _ metric: AlarmMetric, _ range: AlarmDataRange) {
        grid = range.grid
        first = range.grid.index(of: range.from)
        width = range.grid.pieces(in: metric.period)
        let parts = series.merged(by: range.grid, from: range.from, to: range.to)
        guard parts.count >= width, width > 0 else {
            values = []
            return
        }
        let statistic = metric.statistic
        values = Self.sliding(parts, width: width).map { .init(value: statistic.value(of: $0), count: $0.count) }
    }

    /// Returns one value for each period of a frame, oldest first; nil if the table does not have them.
    func values(_ frame: MetricMathFrame) -> [AlarmData.PeriodValue]? {
        let index = grid.index(of: frame.start)
        let offset = Int(index - first)
        guard offset >= 0, grid.start(of: index) == frame.start, width > 0,
            offset + (frame.count - 1) * width < values.count
        else { return nil }
        return (0..<frame.count).map { values[offset + $0 * width] }
    }

    /// Up to this width, merging each window by itself is faster: a run of cron needs windows of two pieces.
    private static let mostPlain = 3

    /// Returns the merged distribution of each run of `width` neighbouring elements.
    ///
    /// It uses a queue of two stacks. Elements leave from the front, which holds the merge of each element with all
    /// elements behind it there. New elements are accumulated in the back. Each element is therefore merged at most
    /// three times, however wide the window is.
    private static func sliding(_ parts: [Distribution], width: Int) -> [Distribution] {
        if width <= mostPlain {
            return (0...(parts.count - width)).map { start in
                parts[(start + 1)..<(start + width)].reduce(into: parts[start]) { sum, part in
                    if !part.isEmpty { sum.merge(part) }
                }
            }
        }
        var merged: [Distribution] = []
        merged.reserveCapacity(parts.count - width + 1)
        var front: [Distribution] = []
        var back = DistributionAccumulator()
        var backStart = 0
        var accumulator = DistributionAccumulator()
        for end in width...parts.count {
            let start = end - width
            if front.isEmpty {
                // The whole window moves to the front, with the oldest element on top.
                front = suffixes(parts[start..<end])
                back.removeAll(keepingCapacity: true)
                backStart = end
            } else if !parts[end - 1].isEmpty {
                back.add(parts[end - 1])
            }
            let oldest = front.removeLast()
            if backStart == end {
                merged.append(oldest)
            } else {
                accumulator.removeAll(keepingCapacity: true)
                accumulator.add(oldest)
                let newest = back.distribution
                if !newest.isEmpty { accumulator.add(newest) }
                merged.append(accumulator.distribution)
            }
        }
        return merged
    }

    /// Returns the merge of each element with all elements behind it, starting with the last element.
    private static func suffixes(_ parts: ArraySlice<Distribution>) -> [Distribution] {
        var accumulator = DistributionAccumulator()
        var suffixes: [Distribution] = []
        for part in parts.reversed() {
            if !part.isEmpty { accumulator.add(part) }
            suffixes.append(accumulator.distribution)
        }
        return suffixes
    }
}
