/// How much the whole days of the past deviated from the days around them, as factors whose mean is 1.
///
/// Each day is compared with the median of the week around it, so that a change of level is not taken for a deviation.
struct DayDeviations: Sendable, Equatable {
    private(set) var factors: [Double] = []

    /// Of fewer days, nothing is known.
    static let fewestDays = 3
    /// The spread that is assumed until then, as a part of the level.
    private static let unknownSpread = 0.2
    /// A day of a week moves the week's median a little.
    private static let correction = 1.1
    private static let largest = 3.0

    /// - Parameter days: The levels of consecutive days.
    init(_ days: [Double]) {
        guard days.count >= Self.fewestDays else { return }
        let found = days.indices.compactMap { position -> Double? in
            let first = max(0, min(position - 3, days.count - 7))
            let median = Self.median(days[first..<min(days.count, first + 7)])
            guard median > 0 else { return nil }
            return min(Self.largest, 1 + (days[position] / median - 1) * Self.correction)
        }
        let mean = found.reduce(0, +) / Double(max(1, found.count))
        factors = found.map { max(0, $0 + 1 - mean) }
    }

    /// Joins the deviations before a change with those since.
    static func + (a: DayDeviations, b: DayDeviations) -> DayDeviations {
        var sum = a
        sum.factors += b.factors
        return sum
    }

    /// The standard deviation, from the median of the deviations, because single days may be of another kind.
    var spread: Double {
        // For a normal distribution, the standard deviation is 1.48 times that median.
        factors.count < Self.fewestDays ? Self.unknownSpread : 1.48 * Self.median(factors.map { abs($0 - 1) })
    }

    private static func median(_ values: some Collection<Double>) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
    }
}
