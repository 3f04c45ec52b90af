public import PurserCore

/// A question to the metrics, in the terms of CloudWatch's GetMetricData.
public struct MetricDataRequest: Sendable, Equatable {
    public struct Query: Sendable, Equatable {
        public enum Source: Sendable, Equatable {
            case metric(MetricReference, Statistic, period: Int)
            case expression(MetricMathExpression)
        }

        public var id: String
        public var label: String?
        public var source: Source
        public var returnsData: Bool

        public init(id: String, label: String?, source: Source, returnsData: Bool) {
            self.id = id
            self.label = label
            self.source = source
            self.returnsData = returnsData
        }
    }

    /// Inclusive; rounded down to the period.
    public var start: Timestamp
    /// Exclusive.
    public var end: Timestamp
    public var queries: [Query]
    /// The newest datapoint first, CloudWatch's default.
    public var isDescending: Bool

    public init(start: Timestamp, end: Timestamp, queries: [Query], isDescending: Bool = true) {
        self.start = start
        self.end = end
        self.queries = queries
        self.isDescending = isDescending
    }

    /// What ``isPeriod(_:)`` lets through, for error messages.
    public static let allowedPeriods = "10, 20, 30 or a multiple of 60 seconds, at most 30 days"

    public static func isPeriod(_ seconds: Int) -> Bool {
        [10, 20, 30].contains(seconds) || seconds > 0 && seconds % 60 == 0 && seconds <= 30 * 86_400
    }

    /// The most datapoints that one answer may have, CloudWatch's limit.
    static let mostDatapoints = 100_800
}

/// The answer to one query.
public struct MetricDataResult: Sendable, Equatable {
    public var id: String
    public var label: String
    public var datapoints: [Datapoint]
}

extension MetricReader {
    /// Answers a request: one result for each query that returns data, in their order.
    ///
    /// Expressions are computed over the period that all metrics share; metrics of different periods beside an expression
    /// are a fault, as is an answer of more than 100,800 datapoints.
    public func answer(_ request: MetricDataRequest) throws -> [MetricDataResult] {
        var periods: Set<Int> = []
        var references: [MetricReference] = []
        for case .metric(let reference, _, let period) in request.queries.map(\.source) {
            periods.insert(period)
            references.append(reference)
        }
        let usesExpressions = request.queries.contains { if case .expression = $0.source { true } else { false } }
        if usesExpressions, periods.count > 1 {
            throw Diagnostics([
                Diagnostic(file: "request", key: "Period", "beside an expression all metrics must have one period")
            ])
        }
        let seconds = Int((request.end - request.start) / 1000)
        let count = request.queries.reduce(0) { count, query in
            guard case .metric(_, _, let period) = query.source else { return count }
            return count + seconds / period
        }
        if count > MetricDataRequest.mostDatapoints {
            let message = "\(count) datapoints are more than \(MetricDataRequest.mostDatapoints); take a longer period"
            throw Diagnostics([Diagnostic(file: "request", key: "Period", message)])
        }
        let longest = periods.max() ?? 60
        let slots = try slots(
            of: references,
            from: periods.map { request.start.floored(toSeconds: $0) }.min() ?? request.start,
            to: request.end + longest
        )
        return evaluate(request, slots, period: longest)
    }

    private func evaluate(
        _ request: MetricDataRequest,
        _ slots: [MetricReference: SlotSeries],
        period: Int
    ) -> [MetricDataResult] {
        var values: [String: [Double?]] = [:]
        var results: [MetricDataResult] = []
        for query in request.queries {
            let points: [Datapoint]
            switch query.source {
            case .metric(let reference, let statistic, let period):
                let distributions = Self.distributions(slots[reference] ?? .empty, request, period)
                values[query.id] = distributions.map(statistic.value(of:))
                points = Self.points(distributions.map { (statistic.value(of: $0), $0.count) }, request, period)
            case .expression(let expression):
                let count = Self.steps(request, period)
                let computed = expression.evaluate(bindings: values).points(count)
                values[query.id] = computed
                points = Self.points(computed.map { ($0, nil) }, request, period)
            }
            guard query.returnsData else { continue }
            let ordered = request.isDescending ? points.reversed() : points
            results.append(MetricDataResult(id: query.id, label: query.label ?? Self.label(query), datapoints: ordered))
        }
        return results
    }

    private static func label(_ query: MetricDataRequest.Query) -> String {
        switch query.source {
        case .metric(let reference, _, _): reference.metric.name
        case .expression: query.id
        }
    }

    private static func steps(_ request: MetricDataRequest, _ period: Int) -> Int {
        let start = request.start.floored(toSeconds: period)
        return max(0, Int((request.end - start + Int64(period) * 1000 - 1) / (Int64(period) * 1000)))
    }

    private static func distributions(
        _ series: SlotSeries,
        _ request: MetricDataRequest,
        _ period: Int
    ) -> [Distribution] {
        let start = request.start.floored(toSeconds: period)
        return series.merged(from: start, to: start + steps(request, period) * period, period: period)
    }

    private static func points(
        _ values: [(Double?, Int?)],
        _ request: MetricDataRequest,
        _ period: Int
    ) -> [Datapoint] {
        let start = request.start.floored(toSeconds: period)
        return values.enumerated().compactMap { index, point in
            point.0.map { Datapoint(timestamp: start + index * period, value: $0, sampleCount: point.1) }
        }
    }
}
