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
    private let grid: SlotGrid?
    private var slots: [[Slot]]
    private var pieces: [PieceMerger]
    private var reader = DistributionBlockReader()

    init(references: Int, from: Timestamp, to: Timestamp, grid: SlotGrid?) {
        self.grid = grid
        firstSecond = Self.seconds(notBefore: from)
        endSecond = Self.seconds(notBefore: to)
        slots = Array(repeating: [], count: references)
        pieces = Array(repeating: PieceMerger(), count: references)
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
                if hour % 24 == 0, isWithinOnePiece(hour..<hour + 24) {
                    .day
                } else if hour < totalsBefore || isWithinOnePiece(hour..<hour + 1) {
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

    /// Returns whether slots that begin at a second are in the range.
    func covers(_ second: Int64) -> Bool {
        second >= firstSecond && second < endSecond
    }

    private func isWithinOnePiece(_ hours: Range<Int64>) -> Bool {
        let (start, end) = (hours.lowerBound * 3600, hours.upperBound * 3600)
        guard let grid, start >= firstSecond, end <= endSecond else { return false }
        let last = Timestamp(milliseconds: end * 1000 - 1)
        return grid.index(of: Timestamp(seconds: start)) == grid.index(of: last)
    }

    /// Adds the slots of a stored row that are in `hours` to the series with these numbers.
    mutating func add(
        encoded bytes: UnsafeRawBufferPointer,
        hour: Int64,
        in hours: Range<Int64>,
        _ owners: [Int]
    ) throws {
        try reader.read(bytes)
        let row = reader
        let wanted =
            max(firstSecond, hours.lowerBound * 3600)..<max(firstSecond, min(endSecond, hours.upperBound * 3600))
        for entry in row.entries {
            let start = hour * 3600 + Int64(entry.index * row.step)
            guard wanted.contains(start) else { continue }
            let piece = grid?.index(of: Timestamp(seconds: start))
            for owner in owners {
                if let piece {
                    pieces[owner].add(to: piece, first: { row.distribution(entry) }, { row.add(entry, to: &$0) })
                } else {
                    let slot = Slot(start: Timestamp(seconds: start), distribution: row.distribution(entry))
                    slots[owner].append(slot)
                }
            }
        }
    }

    /// Adds a recorded slot to the series with these numbers.
    mutating func add(encoded bytes: UnsafeRawBufferPointer, start: Int64, _ owners: [Int]) throws {
        let piece = grid?.index(of: Timestamp(seconds: start))
        for owner in owners {
            if let piece {
                try pieces[owner].add(
                    to: piece,
                    first: { () throws(CorruptDistribution) in try Distribution(encoded: bytes) },
                    { (sum) throws(CorruptDistribution) in try sum.add(encoded: bytes) }
                )
            } else {
                let distribution = try Distribution(encoded: bytes)
                slots[owner].append(Slot(start: Timestamp(seconds: start), distribution: distribution))
            }
        }
    }

    /// The collected slots of each series, in chronological order.
    var series: [SlotSeries] {
        guard let grid else { return slots.map { SlotSeries($0.sorted { $0.start < $1.start }) } }
        return pieces.map { merger in
            SlotSeries(merger.merged.map { index, sum in Slot(start: grid.start(of: index), distribution: sum) })
        }
    }
}

/// The sums of many pieces; slots are added to one after the other.
private struct PieceMerger {
    private var index: Int64 = .min
    /// The selected piece's slot, as long as there is only one: most pieces of a minute have no other.
    private var only: Distribution?
    private var sum = DistributionAccumulator()
    private var finished: [(index: Int64, sum: Distribution)] = []

    /// Adds a slot, which `first` returns and `more` adds to others of its piece. Slots arrive in chronological order,
    /// except for series in other units and for slots that are not rolled up yet.
    mutating func add<Failure: Error>(
        to piece: Int64,
        first: () throws(Failure) -> Distribution,
        _ more: (inout DistributionAccumulator) throws(Failure) -> Void
    ) throws(Failure) {
        if piece != index {
            finish()
            only = try first()
            index = piece
            return
        }
        if let only { sum.add(only) }
        only = nil
        try more(&sum)
    }

    private mutating func finish() {
        let slot = only ?? sum.distribution
        if !slot.isEmpty { finished.append((index, slot)) }
        if only == nil { sum.removeAll(keepingCapacity: true) }
        only = nil
    }

    /// The sums in chronological order; a piece that was selected more than once has one sum.
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
