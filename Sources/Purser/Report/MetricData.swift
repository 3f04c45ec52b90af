public import PurserCore

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
    var scope: MetricMathScope {
        MetricMathScope(metrics: queries.compactMap { if case .metric = $0.source { $0.id } else { nil } })
    }

    /// How many datapoints a page may have, CloudWatch's limit.
    public static let allowedDatapoints = 1...100_800

    /// The period of expressions: that of the metrics, which beside an expression all have the same.
    var longestPeriod: Int {
        queries.compactMap { if case .metric(_, _, let period) = $0.source { period } else { nil } }.max() ?? 60
    }

    /// The most datapoints of all pages. Every page computes them all, because an expression may need them all.
    static let mostInAllPages = 10 * allowedDatapoints.upperBound
}

extension MetricReader {
    /// Answers a request with one page: a result for each query that returns data, in their order, until it is full.
    ///
    /// Expressions are computed over the period that all metrics share; metrics of different periods beside an expression
    /// are a fault, as are more than ten full pages and a token of another request.
    public func answer(_ request: MetricDataRequest) throws -> MetricDataAnswer {
        var references: [Int: [MetricReference]] = [:]
        for case .metric(let reference, _, let period) in request.queries.map(\.source) {
            references[period, default: []].append(reference)
        }
        let usesExpressions = request.queries.contains { if case .expression = $0.source { true } else { false } }
        if usesExpressions, references.count > 1 {
            throw Diagnostics([
                Diagnostic(file: "request", key: "Period", "beside an expression all metrics must have one period")
            ])
        }
        let longest = request.longestPeriod
        let seconds = Int((request.end - request.start) / 1000)
        let count = request.queries.reduce(0) { count, query in
            guard case .metric(_, _, let period) = query.source else { return count + seconds / longest }
            return count + seconds / period
        }
        if count > MetricDataRequest.mostInAllPages {
            let message = "\(count) datapoints are more than \(MetricDataRequest.mostInAllPages); take a longer period"
            throw Diagnostics([Diagnostic(file: "request", key: "Period", message)])
        }
        var slots: [Int: [MetricReference: SlotSeries]] = [:]
        for (period, references) in references {
            // All statistics of a metric come from one merge of its periods.
            let start = request.start.floored(toSeconds: period)
            let end = start + Self.steps(request, period) * period
            slots[period] = try self.slots(of: references, from: start, to: end, period: period)
        }
        return try request.page(of: evaluate(request, slots, period: longest))
    }

    private func evaluate(
        _ request: MetricDataRequest,
        _ slots: [Int: [MetricReference: SlotSeries]],
        period: Int
    ) throws -> [MetricDataResult] {
        var values: [String: MetricMathValue] = [:]
        var results: [String: [MetricDataResult]] = [:]
        // Metrics first, because METRICS stands for later ones too.
        for query in request.queries {
            guard case .metric(let reference, let statistic, let period) = query.source else { continue }
            let distributions = Self.distributions(slots[period]?[reference] ?? .empty, request, period)
            values[query.id] = .series(distributions.map(statistic.value(of:)))
            let points = Self.points(distributions.map { (statistic.value(of: $0), $0.count) }, request, period)
            results[query.id] = [request.result(of: query, points)]
        }
        let context = MetricMathContext(
            frame: Self.frame(request, period),
            metrics: request.scope.metrics,
            bands: try bands(request, period)
        )
        for query in request.queries {
            guard case .expression(let expression) = query.source else { continue }
            let value = expression.evaluate(values, in: context)
            values[query.id] = value
            results[query.id] = request.results(of: query, value) { values in
                Self.points(values.map { ($0, nil) }, request, period)
            }
        }
        return request.queries.filter(\.returnsData).flatMap { results[$0.id] ?? [] }
    }

    /// What the anomaly model expects of the metrics that expressions ask a band for, from what came before the request.
    private func bands(_ request: MetricDataRequest, _ period: Int) throws -> [String: AnomalyBandPoints] {
        let ids = request.queries.flatMap { query in
            if case .expression(let expression) = query.source { expression.bandMetrics } else { [String]() }
        }
        guard !ids.isEmpty else { return [:] }
        let frame = Self.frame(request, period)
        let count = AnomalyModel.historySeconds / period
        let start = frame.start - count * period
        var bands: [String: AnomalyBandPoints] = [:]
        for query in request.queries where ids.contains(query.id) {
            guard case .metric(let reference, let statistic, _) = query.source else { continue }
            let slots = try slots(of: [reference], from: start, to: frame.start, period: period)
            let history = (slots[reference] ?? .empty)
                .datapoints(statistic, from: start, to: frame.start, period: period)
            bands[query.id] = AnomalyModel(history: history)?.points(of: frame)
        }
        return bands
    }

    private static func frame(_ request: MetricDataRequest, _ period: Int) -> MetricMathFrame {
        let start = request.start.floored(toSeconds: period)
        return MetricMathFrame(start: start, period: period, count: steps(request, period))
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
