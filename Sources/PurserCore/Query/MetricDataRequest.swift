/// A request for metric data, in the terms of CloudWatch's GetMetricData.
package struct MetricDataRequest: Sendable, Equatable {
    package struct Query: Sendable, Equatable {
        package enum Source: Sendable, Equatable {
            case metric(MetricReference, Statistic, period: Int)
            case expression(MetricMathExpression)
        }

        package var id: String
        /// Without one, the result is named after its metric, or, for an expression, after its id.
        package var label: MetricDataLabel?
        package var source: Source
        package var returnsData: Bool

        package init(id: String, label: MetricDataLabel?, source: Source, returnsData: Bool) {
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
    package var start: Timestamp
    /// Exclusive.
    package var end: Timestamp
    package var queries: [Query]
    /// The searches that expressions use by their ids.
    package var searches: [MetricSearchCall]
    /// The metrics that each search found, by its id; ``found(among:period:)`` fills it in.
    package private(set) var found: [String: [Query]] = [:]
    /// The searches that found more series than the limit.
    package private(set) var leftOut: [LeftOutSeries] = []
    /// Whether periods begin at multiples of their length, as CloudWatch's do; otherwise the first begins at `start`.
    package var roundsStart = true
    /// Whether the newest datapoint is first, CloudWatch's default.
    package var isDescending: Bool
    /// The largest number of datapoints on one page, within ``allowedDatapoints``.
    package var mostDatapoints: Int
    /// The token from the previous page; nil requests the first page.
    package var nextToken: String?

    package init(
        start: Timestamp,
        end: Timestamp,
        queries: [Query],
        searches: [MetricSearchCall] = [],
        isDescending: Bool = true,
        mostDatapoints: Int = allowedDatapoints.upperBound,
        nextToken: String? = nil
    ) {
        self.start = start
        self.end = end
        self.queries = queries
        self.searches = searches
        self.isDescending = isDescending
        self.mostDatapoints = mostDatapoints
        self.nextToken = nextToken
    }

    /// The periods that ``isPeriod(_:)`` accepts, for error messages.
    package static let allowedPeriods = "10, 20, 30 or a multiple of 60 seconds, at most 30 days"

    package static func isPeriod(_ seconds: Int) -> Bool {
        [10, 20, 30].contains(seconds) || seconds > 0 && seconds % 60 == 0 && seconds <= 30 * 86_400
    }

    /// The metrics of the request that expressions may use.
    package var scope: MetricMathScope {
        MetricMathScope(
            metrics: queries.compactMap { if case .metric = $0.source { $0.id } else { nil } },
            expressions: Dictionary(searches.map { ($0.id, .array) }) { first, _ in first }
        )
    }

    /// Returns the request with the metrics that its searches find among the stored ones.
    ///
    /// - Parameter period: The seconds of searches that do not name a period.
    package func found(among metrics: @autoclosure () throws -> [Metric], period: Int) rethrows -> MetricDataRequest {
        if searches.isEmpty { return self }
        let metrics = try metrics()
        var request = self
        for call in searches {
            let (matches, more) = call.search.matches(among: metrics)
            if more > 0 {
                request.leftOut.append(LeftOutSeries(search: call.text, found: matches.count, leftOut: more))
            }
            request.found[call.id] = zip(matches, MetricSearch.labels(of: matches)).enumerated().map { index, match in
                Query(
                    id: "\(call.id)_\(index + 1)",
                    label: MetricDataLabel(literal: match.1),
                    source: .metric(MetricReference(match.0), call.statistic, period: call.period ?? period),
                    returnsData: false
                )
            }
        }
        return request
    }

    /// The queries of the request and of what its searches found.
    package var allQueries: [Query] {
        queries + searches.flatMap { found[$0.id] ?? [] }
    }

    /// How many datapoints its results have at most.
    package var datapointCount: Int {
        let (longest, seconds) = (longestPeriod, Int((end - start) / 1000))
        return allQueries.reduce(0) { count, query in
            guard case .metric(_, _, let period) = query.source else { return count + seconds / longest }
            return count + seconds / period
        }
    }

    /// How many datapoints a page may have; this is CloudWatch's limit.
    package static let allowedDatapoints = 1...100_800

    /// Returns the request's periods of `period` seconds; its start is rounded down to a period, its end up.
    package func frame(_ period: Int) -> MetricMathFrame {
        let start = roundsStart ? start.floored(toSeconds: period) : start
        let length = Int64(period) * 1000
        return MetricMathFrame(start: start, period: period, count: max(0, Int((end - start + length - 1) / length)))
    }

    /// The period of expressions, which is that of the metrics: they all have the same period if there is an
    /// expression.
    package var longestPeriod: Int {
        let periods = allQueries.compactMap { if case .metric(_, _, let period) = $0.source { period } else { nil } }
        return periods.max() ?? searches.compactMap(\.period).max() ?? 60
    }

    /// The largest number of datapoints on all pages together. Every page computes them all, because an expression may
    /// need all of them.
    package static let mostInAllPages = 10 * allowedDatapoints.upperBound
}

/// A search that found more series than one search may have.
package struct LeftOutSeries: Sendable, Equatable {
    /// The call of SEARCH as it was written.
    let search: String
    let found: Int
    /// How many series are left out.
    package let leftOut: Int

    /// `12 of 512 series of SEARCH(…) are left out: a search has at most 500`.
    package var sentence: String {
        "\(leftOut) of \(found + leftOut) series of \(search) are left out: a search has at most \(found)"
    }
}
