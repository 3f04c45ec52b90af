/// How good forecasts of past periods would have been: at the start of each of their days, one is made from what was known
/// then and compared with what the period had in the end.
package struct ForecastBacktest: Sendable, Equatable {
    /// Results of the cut points of one part of a period.
    package struct Part: Sendable, Equatable {
        /// The forecasts that were compared; those without a range are not.
        package var cutPoints = 0
        /// Those whose range held what the period had.
        package var held = 0
        /// The sum of the absolute errors of the means, each as a part of what the period had.
        package var errors = 0.0

        package init() {}

        /// The part of the ranges that held, from 0 to 1; nil without a forecast. It should be 0.8.
        package var coverage: Double? {
            cutPoints > 0 ? Double(held) / Double(cutPoints) : nil
        }

        /// The mean absolute error of the means in percent of what the period had.
        package var meanAbsolutePercentageError: Double? {
            cutPoints > 0 ? 100 * errors / Double(cutPoints) : nil
        }

        fileprivate mutating func add(isHeld: Bool, error: Double) {
            cutPoints += 1
            held += isHeld ? 1 : 0
            errors += error
        }
    }

    /// The most periods that are compared.
    package static let mostPeriods = 6
    /// Into how many parts a period is split.
    package static let partCount = 4
    private static let fewestDays = 2

    /// Periods with forecasts that were compared, in ascending order.
    package private(set) var periods: [Range<Timestamp>] = []
    package private(set) var whole = Part()
    /// The same by how far into the period the forecasts were made: the first quarter first.
    package private(set) var parts = [Part](repeating: Part(), count: partCount)

    /// Forecasts the dollars of the periods from bins in ascending order, which are not longer than an hour.
    ///
    /// - Parameter whole: The bins of all traffic, if `bins` are those of a part of it.
    package init(_ bins: [TrafficBin], of whole: [TrafficBin] = [], _ periods: [Range<Timestamp>]) {
        guard let first = bins.first?.start else { return }
        for period in periods where period.lowerBound + Self.fewestDays * 86_400 < period.upperBound {
            let before = self.whole.cutPoints
            var cut = period.lowerBound.floored(toSeconds: 86_400) + 86_400
            let total = Self.dollars(bins, in: period)
            while cut < period.upperBound, total > 0 {
                if cut > first { add(bins, whole, period, cut, total) }
                cut = cut + 86_400
            }
            if self.whole.cutPoints > before { self.periods.append(period) }
        }
    }

    private mutating func add(
        _ bins: [TrafficBin],
        _ all: [TrafficBin],
        _ period: Range<Timestamp>,
        _ cut: Timestamp,
        _ total: Double
    ) {
        let history = Self.history(bins, before: cut)
        guard let traffic = TrafficForecast(history, at: cut, of: Self.history(all, before: cut)),
            let range = traffic.range(.dollars, until: period.upperBound, over: 0)
        else { return }
        let spent = Self.dollars(bins, in: period.lowerBound..<cut)
        let expected = traffic.expected(.dollars, until: period.upperBound)
        // The sums of the same numbers in another order differ in their last digits.
        let tolerance = total * 1e-9
        let isHeld = spent + range.low <= total + tolerance && total - tolerance <= spent + range.high
        let error = abs(spent + expected - total) / total
        let gone = Double(cut - period.lowerBound) / Double(period.upperBound - period.lowerBound)
        whole.add(isHeld: isHeld, error: error)
        parts[min(Int(gone * Double(Self.partCount)), Self.partCount - 1)].add(isHeld: isHeld, error: error)
    }

    private static func history(_ bins: [TrafficBin], before cut: Timestamp) -> [TrafficBin] {
        Array(bins[index(bins, cut - TrafficForecast.historySeconds)..<index(bins, cut)])
    }

    private static func dollars(_ bins: [TrafficBin], in period: Range<Timestamp>) -> Double {
        bins[index(bins, period.lowerBound)..<index(bins, period.upperBound)].reduce(0) { $0 + $1.dollars }
    }

    /// Returns the position of the first bin that does not start before a time.
    private static func index(_ bins: [TrafficBin], _ time: Timestamp) -> Int {
        var (low, high) = (0, bins.count)
        while low < high {
            let middle = (low + high) / 2
            if bins[middle].start < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
