/// A question to the metrics, in the terms of CloudWatch's GetMetricData.
public struct MetricDataRequest: Sendable, Equatable {
    public struct Query: Sendable, Equatable {
        public enum Source: Sendable, Equatable {
            case metric(MetricReference, Statistic, period: Int)
            case expression(MetricMathExpression)
        }

        public var id: String
        /// Without one the result is called by its metric, or an expression by its id.
        public var label: MetricDataLabel?
        public var source: Source
        public var returnsData: Bool

        public init(id: String, label: MetricDataLabel?, source: Source, returnsData: Bool) {
            self.id = id
            self.label = label
            self.source = source
            self.returnsData = returnsData
        }

        var defaultLabel: String {
            switch source {
            case .metric(let reference, _, _): reference.metric.name
            case .expression: id
            }
        }
    }

    /// Inclusive; rounded down to the period.
    public var start: Timestamp
    /// Exclusive.
    public var end: Timestamp
    public var queries: [Query]
    /// The newest datapoint first, CloudWatch's default.
    public var isDescending: Bool
    /// The most datapoints of one page, 1 to ``allowedDatapoints``.
    public var mostDatapoints: Int
    /// The token of the page before; nil asks for the first.
    public var nextToken: String?

    public init(
        start: Timestamp,
        end: Timestamp,
        queries: [Query],
        isDescending: Bool = true,
        mostDatapoints: Int = allowedDatapoints.upperBound,
        nextToken: String? = nil
    ) {
        self.start = start
        self.end = end
        self.queries = queries
        self.isDescending = isDescending
        self.mostDatapoints = mostDatapoints
        self.nextToken = nextToken
    }

    /// What ``isPeriod(_:)`` lets through, for error messages.
    public static let allowedPeriods = "10, 20, 30 or a multiple of 60 seconds, at most 30 days"

    public static func isPeriod(_ seconds: Int) -> Bool {
        [10, 20, 30].contains(seconds) || seconds > 0 && seconds % 60 == 0 && seconds <= 30 * 86_400
    }

    /// The metrics of the request, for what expressions may say.
    package var scope: MetricMathScope {
        MetricMathScope(metrics: queries.compactMap { if case .metric = $0.source { $0.id } else { nil } })
    }

    /// How many datapoints a page may have, CloudWatch's limit.
    public static let allowedDatapoints = 1...100_800

    /// The request's periods of so many seconds: its start is rounded down to one, its end up.
    package func frame(_ period: Int) -> MetricMathFrame {
        let start = start.floored(toSeconds: period)
        let length = Int64(period) * 1000
        return MetricMathFrame(start: start, period: period, count: max(0, Int((end - start + length - 1) / length)))
    }

    /// The period of expressions: that of the metrics, which beside an expression all have the same.
    package var longestPeriod: Int {
        queries.compactMap { if case .metric(_, _, let period) = $0.source { period } else { nil } }.max() ?? 60
    }

    /// The most datapoints of all pages. Every page computes them all, because an expression may need them all.
    package static let mostInAllPages = 10 * allowedDatapoints.upperBound
}
