/// A CloudWatch statistic: one number out of a distribution.
public enum Statistic: Sendable, Hashable, CustomStringConvertible {
    case sampleCount
    case sum
    case average
    case minimum
    case maximum
    /// 0 to 100.
    case percentile(Double)

    /// The statistics of PutMetricAlarm's `Statistic`; the others are its `ExtendedStatistic`.
    public static let simple: [Statistic] = [.sampleCount, .sum, .average, .minimum, .maximum]

    /// What ``init(_:)`` reads, for error messages.
    public static let allowed = "SampleCount, Sum, Average, Minimum, Maximum, or p0 to p100 (p99.9)"

    /// Reads CloudWatch's name of a statistic; nil where it is not one of ``allowed``.
    public init?(_ text: String) {
        if let simple = Self.simple.first(where: { $0.description == text }) {
            self = simple
            return
        }
        let digits = text.dropFirst()
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard text.first == "p", (1...2).contains(parts.count), (1...3).contains(parts[0].count),
            parts.count == 1 || (1...10).contains(parts[1].count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let percent = Double(digits), percent <= 100
        else { return nil }
        self = .percentile(percent)
    }

    public var description: String {
        switch self {
        case .sampleCount: "SampleCount"
        case .sum: "Sum"
        case .average: "Average"
        case .minimum: "Minimum"
        case .maximum: "Maximum"
        case .percentile(let percent):
            percent.rounded() == percent ? "p" + String(Int(percent)) : "p" + String(percent)
        }
    }

    /// The statistic's value; nil where there is none: no samples, or a percentile of samples without a histogram.
    public func value(of distribution: Distribution) -> Double? {
        guard !distribution.isEmpty else { return nil }
        return switch self {
        case .sampleCount: Double(distribution.count)
        case .sum: distribution.sum
        case .average: distribution.average
        case .minimum: distribution.minimum
        case .maximum: distribution.maximum
        case .percentile(let percent): distribution.percentile(percent)
        }
    }
}
