/// The slots of one series in ascending order, which can be merged into longer periods.
package struct SlotSeries: Sendable, Equatable {
    package private(set) var slots: [Slot]

    package static let empty = SlotSeries([])

    /// Creates a series from slots in ascending order of start; slots written by several processes may share a start.
    package init(_ slots: [Slot]) {
        self.slots = slots
    }

    /// Returns one merged distribution for each period from `start` on. The last period ends at or before `end`. The
    /// distribution of a period without samples is empty.
    ///
    /// A slot belongs to the period in which it starts.
    package func merged(from start: Timestamp, to end: Timestamp, period: Int) -> [Distribution] {
        let count = max(0, Int((end - start) / (Int64(period) * 1000)))
        var out: [Distribution] = []
        out.reserveCapacity(count)
        var index = firstIndex(notBefore: start)
        var accumulator = DistributionAccumulator()
        for step in 1...max(1, count) where count > 0 {
            let limit = start + step * period
            let first = index
            while index < slots.count, slots[index].start < limit {
                index += 1
            }
            switch index - first {
            case 0: out.append(.empty)
            case 1: out.append(slots[first].distribution)
            default:
                accumulator.removeAll()
                for slot in slots[first..<index] {
                    accumulator.add(slot.distribution)
                }
                out.append(accumulator.distribution)
            }
        }
        return out
    }

    /// Returns one merged distribution for each piece of a grid between two of its cuts.
    func merged(by grid: SlotGrid, from start: Timestamp, to end: Timestamp) -> [Distribution] {
        let first = grid.index(of: start)
        var out = [Distribution](repeating: .empty, count: max(0, Int(grid.index(of: end) - first)))
        var accumulator = DistributionAccumulator()
        var index = firstIndex(notBefore: start)
        while index < slots.count, slots[index].start < end {
            let piece = grid.index(of: slots[index].start)
            let limit = grid.start(of: piece + 1)
            let from = index
            while index < slots.count, slots[index].start < limit {
                index += 1
            }
            if index - from == 1 {
                out[Int(piece - first)] = slots[from].distribution
            } else {
                accumulator.removeAll(keepingCapacity: true)
                for slot in slots[from..<index] { accumulator.add(slot.distribution) }
                out[Int(piece - first)] = accumulator.distribution
            }
        }
        return out
    }

    /// Returns a statistic of each period from `start` on; periods without a value are left out.
    package func datapoints(
        _ statistic: Statistic,
        from start: Timestamp,
        to end: Timestamp,
        period: Int
    ) -> [Datapoint] {
        merged(from: start, to: end, period: period).enumerated().compactMap { index, distribution in
            statistic.value(of: distribution).map { Datapoint(timestamp: start + index * period, value: $0) }
        }
    }

    /// Returns all samples from `start` on and before `end`, as one distribution.
    package func total(from start: Timestamp, to end: Timestamp) -> Distribution {
        var accumulator = DistributionAccumulator()
        for slot in slots[firstIndex(notBefore: start)...] {
            guard slot.start < end else { break }
            accumulator.add(slot.distribution)
        }
        return accumulator.distribution
    }

    private func firstIndex(notBefore time: Timestamp) -> Int {
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].start < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One number of one period, as GetMetricData returns it.
package struct Datapoint: Sendable, Equatable {
    /// The start of the period.
    package var timestamp: Timestamp
    package var value: Double
    /// How many samples the value was computed from; nil for the result of metric math.
    package var sampleCount: Int?

    package init(timestamp: Timestamp, value: Double, sampleCount: Int? = nil) {
        self.timestamp = timestamp
        self.value = value
        self.sampleCount = sampleCount
    }
}
