extension MetricDataRequest {
    /// Returns the result of a metric, or of an expression that returns one series.
    package func result(of query: Query, _ points: [Datapoint], label: String? = nil) -> MetricDataResult {
        MetricDataResult(
            id: query.id,
            label: label ?? self.label(of: query, points),
            datapoints: isDescending ? points.reversed() : points,
            isComplete: true
        )
    }

    /// Returns the results of an expression: one for each series of an array, all with the same id.
    ///
    /// Each series of an array is labelled with the expression's label and its own name, as on CloudWatch's graphs, or
    /// only with its own name if the expression's label is empty.
    package func results(
        of query: Query,
        _ value: MetricMathValue,
        points: ([Double?]) -> [Datapoint]
    ) -> [MetricDataResult] {
        guard case .array(let elements) = value else {
            return [result(of: query, points(value.points(0)))]
        }
        return elements.enumerated().map { index, element in
            let points = points(element.points)
            if let label = foundLabel(of: query, element.origin, points) {
                return result(of: query, points, label: label)
            }
            let names = [label(of: query, points), name(of: element.origin, points) ?? String(index + 1)]
            return result(of: query, points, label: names.filter { !$0.isEmpty }.joined(separator: " "))
        }
    }

    /// Returns the label of a series that a search found; nil for any other series.
    ///
    /// An expression's label with fields of the metric, such as `${PROP('MetricName')}`, is filled in for each series.
    private func foundLabel(
        of query: Query,
        _ origin: MetricMathElement.Origin?,
        _ points: [Datapoint]
    ) -> String? {
        guard case .query(let id)? = origin, let found = found.values.joined().first(where: { $0.id == id }) else {
            return nil
        }
        let name = label(of: found, points)
        guard let label = query.label else { return name }
        if label.describesMetric { return label.text(of: found, points, name: name) }
        return [label.text(of: query, points), name].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func label(of query: Query, _ points: [Datapoint]) -> String {
        query.label?.text(of: query, points) ?? query.defaultLabel
    }

    /// Returns the name of one series of an array; nil if it has no name.
    private func name(of origin: MetricMathElement.Origin?, _ points: [Datapoint]) -> String? {
        switch origin {
        case .query(let id): allQueries.first { $0.id == id }.map { label(of: $0, points) }
        case .upperBand(let id): name(of: .query(id), points).map { $0 + " (upper)" }
        case .lowerBand(let id): name(of: .query(id), points).map { $0 + " (lower)" }
        case nil: nil
        }
    }
}
