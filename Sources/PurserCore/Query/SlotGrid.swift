/// The pieces of time that slots are merged into: every period is cut at the same distances from its start.
///
/// With one cut, the pieces are the periods themselves. With more, they are what windows of one period have in common if
/// they begin at the cuts.
package struct SlotGrid: Sendable, Hashable {
    /// Milliseconds.
    private let period: Int64
    /// In milliseconds after a multiple of the period, ascending.
    private let cuts: [Int64]

    /// Creates the periods of `seconds` of which one begins at `start`.
    package init(period seconds: Int, from start: Timestamp) {
        self.init(period: seconds, cuts: [start])
    }

    /// Creates the pieces between windows of `seconds` that begin at the given moments, of which there is at least one, or
    /// that follow each other from there.
    init(period seconds: Int, cuts: some Sequence<Timestamp>) {
        let period = Int64(seconds) * 1000
        self.period = period
        self.cuts = Set(cuts.map { Self.rest(of: $0, period) }).sorted()
    }

    /// The length in seconds that divides every piece.
    package var stride: Int {
        let lengths = zip(cuts, cuts.dropFirst()).map { $1 - $0 }
        return Int(lengths.reduce(period, Self.greatestCommonDivisor) / 1000)
    }

    private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }

    /// Returns the number of the piece that contains a moment; pieces that follow each other have successive numbers.
    package func index(of time: Timestamp) -> Int64 {
        let quotient = Self.flooredQuotient(time.milliseconds, period)
        let rest = time.milliseconds &- quotient &* period
        // Before the first cut of a period is the last piece of the period before it.
        if cuts.count == 1 { return rest < cuts[0] ? quotient - 1 : quotient }
        return quotient * Int64(cuts.count) + Int64(position(of: rest)) - 1
    }

    /// Returns the quotient rounded down; this is done for every slot, and generic code is slower.
    private static func flooredQuotient(_ a: Int64, _ b: Int64) -> Int64 {
        a % b < 0 ? a / b - 1 : a / b
    }

    /// Returns the milliseconds from the last multiple of the period.
    private static func rest(of time: Timestamp, _ period: Int64) -> Int64 {
        // Before the first moment that can be written, that multiple cannot be, and the difference is still exact.
        time.milliseconds &- flooredQuotient(time.milliseconds, period) &* period
    }

    /// Returns the number of cuts at or before a distance from a period's start.
    private func position(of rest: Int64) -> Int {
        var (low, high) = (0, cuts.count)
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle] <= rest { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Returns the start of a piece.
    package func start(of index: Int64) -> Timestamp {
        let count = Int64(cuts.count)
        let quotient = Self.flooredQuotient(index, count)
        return Timestamp(
            milliseconds: quotient.saturatingProduct(period).saturatingSum(cuts[Int(index - quotient * count)])
        )
    }

    /// Returns the number of pieces in a window of `seconds`, which must be a multiple of the period.
    func pieces(in seconds: Int) -> Int {
        Int(Int64(seconds) * 1000 / period) * cuts.count
    }
}
