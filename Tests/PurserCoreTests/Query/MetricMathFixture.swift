import PurserCore

/// Expressions over series that are written like `1 0 -`.
enum MetricMathFixture {
    static let start = Timestamp(year: 2026, month: 11, day: 23)

    static func series(_ text: String) -> [Double?] {
        text.split(separator: " ").map { Double($0) }
    }

    /// Evaluates an expression over metrics m1, m2, m3 …, by default with a period of a minute, starting at midnight on
    /// a Monday.
    static func value(_ expression: String, _ series: [String], period: Int = 60) throws -> MetricMathValue {
        let values = series.map(Self.series)
        let ids = values.indices.map { "m\($0 + 1)" }
        let frame = MetricMathFrame(start: start, period: period, count: values.map(\.count).max() ?? 0)
        return try MetricMathExpression.parse(expression).evaluate(
            Dictionary(uniqueKeysWithValues: zip(ids, values.map { .series($0) })),
            in: MetricMathContext(frame: frame, metrics: ids)
        )
    }
}
