/// One statistic of one metric over periods that begin every `stride` seconds, computed in one pass.
struct PeriodTable: Sendable, Equatable {
    private let from: Timestamp
    private let stride: Int
    private let period: Int
    private let values: [AlarmData.PeriodValue]

    /// Computes the values of all periods of the metric's length that are in a range and begin at a multiple of its stride.
    init(_ series: SlotSeries, _ metric: AlarmMetric, _ range: AlarmDataRange) {
        from = range.from
        stride = range.stride
        period = metric.period
        let parts = series.merged(from: range.from, to: range.to, period: range.stride)
        let width = metric.period / range.stride
        guard parts.count >= width, width > 0 else {
            values = []
            return
        }
        let statistic = metric.statistic
        values = Self.sliding(parts, width: width).map { .init(value: statistic.value(of: $0), count: $0.count) }
    }

    /// Returns one value for each period of a range, oldest first; nil if the table does not have them.
    func values(_ range: Range<Timestamp>) -> [AlarmData.PeriodValue]? {
        let step = Int64(stride) * 1000
        let offset = range.lowerBound - from
        let count = Int((range.upperBound - range.lowerBound) / (Int64(period) * 1000))
        guard offset >= 0, offset % step == 0, count > 0 else { return nil }
        let (first, jump) = (Int(offset / step), period / stride)
        guard first + (count - 1) * jump < values.count else { return nil }
        return (0..<count).map { values[first + $0 * jump] }
    }

    /// Returns the merged distribution of each run of `width` neighbouring elements.
    ///
    /// It uses a queue of two stacks. Elements leave from the front, which holds the merge of each element with all
    /// elements behind it there. New elements are accumulated in the back. Each element is therefore merged at most
    /// three times, however wide the window is.
    private static func sliding(_ parts: [Distribution], width: Int) -> [Distribution] {
        if width == 1 { return parts }
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
