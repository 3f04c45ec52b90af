/// A CloudWatch statistic: one number computed from a distribution.
package enum Statistic: Sendable, Hashable {
    case sampleCount
    case sum
    case average
    case minimum
    case maximum
    /// 0 to 100.
    case percentile(Double)
    /// The average of the samples within the range.
    case trimmedMean(TrimRange)
    /// The number of samples within the range, including fractions of a sample.
    case trimmedCount(TrimRange)
    /// The sum of the samples within the range.
    case trimmedSum(TrimRange)
    /// The average with every sample outside the range moved to the range's nearest end.
    case winsorizedMean(TrimRange)
    /// The average of the middle half.
    case interquartileMean
    /// The percentage of samples above the first value and up to and including the second; nil means unbounded.
    case percentileRank(above: Double?, upTo: Double?)

    /// The statistics of PutMetricAlarm's `Statistic`; the others are its `ExtendedStatistic`.
    package static let simple: [Statistic] = [.sampleCount, .sum, .average, .minimum, .maximum]

    /// Returns the statistic's value; nil if there are no samples, if there are none to average within the range, or if
    /// the statistic needs a histogram and the samples do not have one.
    package func value(of distribution: Distribution) -> Double? {
        guard !distribution.isEmpty else { return nil }
        return switch self {
        case .sampleCount: Double(distribution.count)
        case .sum: distribution.sum
        case .average: distribution.average
        case .minimum: distribution.minimum
        case .maximum: distribution.maximum
        case .percentile(let percent): distribution.percentile(percent)
        case .trimmedMean(let range): distribution.trimmedMean(range)
        case .trimmedCount(let range): distribution.trimmedCount(range)
        case .trimmedSum(let range): distribution.trimmedSum(range)
        case .winsorizedMean(let range): distribution.winsorizedMean(range)
        case .interquartileMean: distribution.trimmedMean(.percent(above: 25, upTo: 75))
        case .percentileRank(let above, let upTo):
            distribution.trimmedCount(.values(above: above, upTo: upTo)).map { 100 * $0 / Double(distribution.count) }
        }
    }
}
