/// The range in which a signal's value usually is, from the same hour on earlier days.
///
/// It reaches from the lowest of those days to the highest, and on both sides by three standard deviations of a count
/// as small as the present one: at 14 requests an hour, three in five minutes are not unusual.
package struct UsualRange: Sendable, Equatable {
    package var low: Double
    package var high: Double

    package func contains(_ value: Double) -> Bool {
        low <= value && value <= high
    }
}

extension UsualRange {
    private static let fewestDays = 3
    private static let deviations = 3.0
    /// The variance of a sum of amounts divided by that of their number, if the amounts vary as much as they are large.
    private static let dispersion = 2.0

    /// Creates the range of a rate per minute.
    ///
    /// - Parameters:
    ///   - hours: The sum of the samples in the hour of each day, and the number of events behind it.
    ///   - minutes: The length of the time that will be compared.
    ///   - hasAmounts: Whether events are amounts, as tokens are, and not counted one by one.
    package init?(rates hours: [(sum: Double, events: Double)], minutes: Double, hasAmounts: Bool) {
        guard hours.count >= Self.fewestDays, minutes > 0 else { return nil }
        let events = hours.reduce(0) { $0 + $1.events }
        let size = events > 0 ? hours.reduce(0) { $0 + $1.sum } / events : 1
        let counts = hours.map { $0.sum / 60 * minutes / (size > 0 ? size : 1) }
        let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
        let dispersion = hasAmounts ? Self.dispersion : 1
        let noise = { (count: Double) in Self.deviations * (dispersion * max(count, 1)).squareRoot() }
        low = max(0, least - noise(least)) * size / minutes
        high = (most + noise(most)) * size / minutes
    }

    /// Creates the range of a percentage.
    ///
    /// - Parameters:
    ///   - hours: The part and the whole in the hour of each day.
    ///   - whole: The whole that the percentage of now is of.
    package init?(shares hours: [(part: Double, whole: Double)], whole: Double) {
        let hours = hours.filter { $0.whole > 0 }
        guard hours.count >= Self.fewestDays, whole > 0 else { return nil }
        let all = hours.reduce((part: 0.0, whole: 0.0)) { ($0.part + $1.part, $0.whole + $1.whole) }
        // Days without a failure do not say that there can be none.
        let smoothed = (all.part + 1) / (all.whole + 2)
        let most = max(hours.map { $0.part / $0.whole }.max() ?? 0, smoothed)
        low = 0
        high = 100 * min(1, most + Self.deviations * (most * (1 - most) / whole).squareRoot())
    }
}
