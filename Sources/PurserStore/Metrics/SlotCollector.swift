import PurserCore

/// Collects slots from blocks and points into series, which are numbered from 0.
struct SlotCollector {
    struct Run: Equatable {
        /// Hours since 1970.
        var hours: Range<Int64>
        /// The kind of rows to read them from.
        var level: StoredHour
    }

    let firstSecond: Int64
    /// The first second after the requested range.
    let endSecond: Int64
    private let from: Timestamp
    private let period: Int?
    private var slots: [[Slot]]
    private var periods: [PeriodMerger]
    private var reader = DistributionBlockReader()

    init(references: Int, from: Timestamp, to: Timestamp, period: Int?) {
        self.from = from
        self.period = period
        firstSecond = Self.seconds(notBefore: from)
        endSecond = Self.seconds(notBefore: to)
        slots = Array(repeating: [], count: references)
        periods = Array(repeating: PeriodMerger(), count: references)
    }

    /// Returns the first whole second at or after a time.
    private static func seconds(notBefore time: Timestamp) -> Int64 {
        time.milliseconds % 1000 == 0 ? time.seconds : time.seconds + 1
    }

    /// Returns the hours of the range in runs, each to be read from the longest rows that represent it exactly, or from
    /// the only rows that exist.
    func runs(totalsBefore: Int64) -> [Run] {
        var runs: [Run] = []
        var hour = max(0, firstSecond / 3600)
        while hour * 3600 < endSecond {
            let level: StoredHour =
                if hour % 24 == 0, isWithinOnePeriod(hour..<hour + 24) {
                    .day
                } else if hour < totalsBefore || isWithinOnePeriod(hour..<hour + 1) {
                    .total
                } else {
                    .block
                }
            let next = hour + (level == .day ? 24 : 1)
            if let last = runs.last, last.level == level {
                runs[runs.count - 1].hours = last.hours.lowerBound..<next
            } else {
                runs.append(Run(hours: hour..<next, level: level))
            }
            hour = next
        }
        return runs
    }

    private func isWithinOnePeriod(_ hours: Range<Int64>) -> Bool {
        let start = hours.lowerBound * 3600
        guard let period, start >= firstSecond, hours.upperBound * 3600 <= endSecond else { return false }
        let offset = Timestamp(seconds: start) - from
        let length = Int64(period) * 1000
        return offset % length + Int64(hours.count) * 3_600_000 <= length
    }

    private func periodIndex(_ second: Int64, _ period: Int) -> Int64 {
        (Timestamp(seconds: second) - from) / (Int64(period) * 1000)
    }

    /// Adds the slots of a stored row that are in `hours` to the series with these numbers.
    mutating func add(
        encoded bytes: UnsafeRawBufferPointer,
        hour: Int64,
        in hours: Range<Int64>,
        _ owners: [Int]
    ) throws {
        try reader.read(bytes)
        let wanted =
            max(firstSecond, hours.lowerBound * 3600)..<max(firstSecond, min(endSecond, hours.upperBound * 3600))
        for entry in reader.entries {
            let start = hour * 3600 + Int64(entry.index * reader.step)
            guard wanted.contains(start) else { continue }
            for owner in owners {
                if let period {
                    periods[owner].select(periodIndex(start, period))
                    reader.add(entry, to: &periods[owner].selected)
                } else {
                    let slot = Slot(start: Timestamp(seconds: start), distribution: reader.distribution(entry))
                    slots[owner].append(slot)
                }
            }
        }
    }

    /// Adds a recorded slot to the series with these numbers.
    mutating func add(encoded bytes: UnsafeRawBufferPointer, start: Int64, _ owners: [Int]) throws {
        for owner in owners {
            if let period {
                periods[owner].select(periodIndex(start, period))
                try periods[owner].selected.add(encoded: bytes)
            } else {
                let distribution = try Distribution(encoded: bytes)
                slots[owner].append(Slot(start: Timestamp(seconds: start), distribution: distribution))
            }
        }
    }

    /// The collected slots of each series, in chronological order.
    var series: [SlotSeries] {
        guard let period else { return slots.map { SlotSeries($0.sorted { $0.start < $1.start }) } }
        return periods.map { merger in
            SlotSeries(merger.merged.map { index, sum in Slot(start: from + Int(index) * period, distribution: sum) })
        }
    }
}

/// The sums of many periods; only the selected period can be added to.
private struct PeriodMerger {
    private var index: Int64 = .min
    /// The sum of the period that was selected last.
    var selected = DistributionAccumulator()
    private var finished: [(index: Int64, sum: Distribution)] = []

    /// Selects the period to add to. Data arrives in chronological order, except for series in other units and for
    /// slots that are not rolled up yet.
    mutating func select(_ next: Int64) {
        guard next != index else { return }
        finish()
        index = next
    }

    private mutating func finish() {
        let sum = selected.distribution
        if !sum.isEmpty { finished.append((index, sum)) }
        selected.removeAll(keepingCapacity: true)
    }

    /// The sums in chronological order; a period that was selected more than once has one sum.
    var merged: [(Int64, Distribution)] {
        var copy = self
        copy.finish()
        let isOrdered = zip(copy.finished, copy.finished.dropFirst()).allSatisfy { $0.index < $1.index }
        if isOrdered { return copy.finished }
        return Dictionary(copy.finished.map { ($0.index, $0.sum) }) { sum, more in
            var sum = sum
            sum.merge(more)
            return sum
        }.sorted { $0.key < $1.key }
    }
}
