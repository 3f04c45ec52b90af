package import PurserCore

extension MetricReader {
    /// Answers a request with one page: a result for each query that returns data, in order, until the page is full.
    ///
    /// Expressions are computed over the period that all metrics share. It is a fault if an expression is combined with
    /// metrics of different periods, if more than ten full pages are needed, or if the token belongs to another
    /// request.
    package func answer(_ request: MetricDataRequest) throws -> MetricDataAnswer {
        try answer(found: request.found(among: try series().map(\.metric), period: request.longestPeriod))
    }

    /// Answers a request whose searches have been done.
    func answer(found request: MetricDataRequest) throws -> MetricDataAnswer {
        var references: [Int: [MetricReference]] = [:]
        for case .metric(let reference, _, let period) in request.allQueries.map(\.source) {
            references[period, default: []].append(reference)
        }
        let usesExpressions = request.queries.contains { if case .expression = $0.source { true } else { false } }
        if usesExpressions, references.count > 1 {
            throw Diagnostics([
                Diagnostic(file: "request", key: "Period", "with an expression, all metrics must have the same period")
            ])
        }
        let longest = request.longestPeriod
        let count = request.datapointCount
        if count > MetricDataRequest.mostInAllPages {
            let message =
                "\(count) datapoints exceed the limit of \(MetricDataRequest.mostInAllPages); use a longer period"
            throw Diagnostics([Diagnostic(file: "request", key: "Period", message)])
        }
        var slots: [Int: [MetricReference: SlotSeries]] = [:]
        for (period, references) in references {
            // All statistics of a metric come from one merge of its periods.
            let frame = request.frame(period)
            slots[period] = try self.slots(of: references, from: frame.start, to: frame.end, period: period)
        }
        var answer = try request.page(of: evaluate(request, slots, period: longest))
        answer.leftOut = request.leftOut
        return answer
    }

    private func evaluate(
        _ request: MetricDataRequest,
        _ slots: [Int: [MetricReference: SlotSeries]],
        period: Int
    ) throws -> [MetricDataResult] {
        var values: [String: MetricMathValue] = [:]
        var results: [String: [MetricDataResult]] = [:]
        // Metrics first, because METRICS also covers those that follow it.
        for query in request.allQueries {
            guard case .metric(let reference, let statistic, let period) = query.source else { continue }
            let frame = request.frame(period)
            let periods = (slots[period]?[reference] ?? .empty).merged(from: frame.start, to: frame.end, period: period)
            let points = periods.map { (value: statistic.value(of: $0), count: Optional($0.count)) }
            values[query.id] = .series(points.map(\.value))
            results[query.id] = [request.result(of: query, frame.datapoints(points))]
        }
        for (id, queries) in request.found {
            values[id] = .array(
                queries.map { query in
                    MetricMathElement(origin: .query(query.id), points: values[query.id]?.points(0) ?? [])
                }
            )
        }
        let context = MetricMathContext(
            frame: request.frame(period),
            metrics: request.scope.metrics,
            bands: try bands(request, period)
        )
        for query in request.queries {
            guard case .expression(let expression) = query.source else { continue }
            let value = expression.evaluate(values, in: context)
            values[query.id] = value
            results[query.id] = request.results(of: query, value) { values in
                request.frame(period).datapoints(values.map { ($0, nil) })
            }
        }
        return request.queries.filter(\.returnsData).flatMap { results[$0.id] ?? [] }
    }

    /// Returns the anomaly model's expectations for the metrics and expressions that have a band, based on the data before
    /// the request.
    private func bands(_ request: MetricDataRequest, _ period: Int) throws -> [String: AnomalyBandPoints] {
        let ids = request.queries.flatMap { query in
            if case .expression(let expression) = query.source { expression.bandedIds } else { [String]() }
        }
        guard !ids.isEmpty else { return [:] }
        let frame = request.frame(period)
        let count = AnomalyModel.historySeconds / period
        let past = MetricMathFrame(start: frame.start - count * period, period: period, count: count)
        let references = request.queries.compactMap { query in
            if case .metric(let reference, _, _) = query.source { reference } else { nil }
        }
        let slots = try slots(of: references, from: past.start, to: past.end, period: period)
        var values: [String: MetricMathValue] = [:]
        for query in request.queries {
            guard case .metric(let reference, let statistic, _) = query.source else { continue }
            let periods = (slots[reference] ?? .empty).merged(from: past.start, to: past.end, period: period)
            values[query.id] = .series(periods.map(statistic.value))
        }
        let context = MetricMathContext(frame: past, metrics: request.scope.metrics)
        for query in request.queries {
            guard case .expression(let expression) = query.source else { continue }
            values[query.id] = expression.evaluate(values, in: context)
        }
        return Set(ids).reduce(into: [:]) { bands, id in
            let history = past.datapoints((values[id] ?? .scalar(nil)).points(count).map { ($0, nil) })
            bands[id] = AnomalyModel(history: history, period: period)?.points(of: frame)
        }
    }
}
