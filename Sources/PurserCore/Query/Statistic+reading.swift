extension Statistic: CustomStringConvertible {
    /// The values allowed for PutMetricAlarm's `ExtendedStatistic`, for error messages.
    package static let allowedExtended =
        "p0 to p100 (p99.9), a percentage with tm, tc, ts or wm (tm90), bounds with TM, TC, TS or WM "
        + "(TM(2%:98%), TM(150:1000)), IQM, or PR with values (PR(:300))"

    /// The statistics that ``init(_:)`` reads, for error messages.
    package static let allowed = simple.map(\.description).joined(separator: ", ") + ", " + allowedExtended

    /// The trimmed statistics by their name as written before bounds; before a percentage, the name is in lower case.
    private static let trimmed: [(name: String, statistic: @Sendable (TrimRange) -> Statistic)] = [
        ("TM", { .trimmedMean($0) }), ("TC", { .trimmedCount($0) }), ("TS", { .trimmedSum($0) }),
        ("WM", { .winsorizedMean($0) }),
    ]

    /// Reads CloudWatch's name of a statistic; nil if it is not one of ``allowed``.
    package init?(_ text: String) {
        if let plain = (Self.simple + [.interquartileMean]).first(where: { $0.description == text }) {
            self = plain
        } else if text.hasPrefix("p"), let percent = StatisticNumber.percent(text.dropFirst()) {
            self = .percentile(percent)
        } else if text.hasPrefix("PR"), case .values(let above, let upTo)? = TrimRange(bounds: text.dropFirst(2)) {
            self = .percentileRank(above: above, upTo: upTo)
        } else if let (_, make) = Self.trimmed.first(where: { text.hasPrefix($0.name) }),
            let range = TrimRange(bounds: text.dropFirst(2))
        {
            self = make(range)
        } else if let (_, make) = Self.trimmed.first(where: { text.hasPrefix($0.name.lowercased()) }),
            let percent = StatisticNumber.percent(text.dropFirst(2)), percent > 0
        {
            self = make(.lowest(percent: percent))
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .sampleCount: "SampleCount"
        case .sum: "Sum"
        case .average: "Average"
        case .minimum: "Minimum"
        case .maximum: "Maximum"
        case .percentile(let percent): "p" + StatisticNumber.text(percent)
        case .trimmedMean(let range): Self.text("TM", range)
        case .trimmedCount(let range): Self.text("TC", range)
        case .trimmedSum(let range): Self.text("TS", range)
        case .winsorizedMean(let range): Self.text("WM", range)
        case .interquartileMean: "IQM"
        case .percentileRank(let above, let upTo): "PR" + TrimRange.values(above: above, upTo: upTo).bounds
        }
    }

    private static func text(_ name: String, _ range: TrimRange) -> String {
        if case .lowest(let percent) = range { return name.lowercased() + StatisticNumber.text(percent) }
        return name + range.bounds
    }
}
