/// The result of one query, or one page's part of it. An expression that returns an array has one result for each
/// series.
package struct MetricDataResult: Sendable, Equatable {
    package var id: String
    package var label: String
    package var datapoints: [Datapoint]
    /// Whether the query's datapoints end here; if not, they continue on the next page.
    package var isComplete: Bool

    /// GetMetricData's StatusCode.
    package var statusCode: String { isComplete ? "Complete" : "PartialData" }
}

/// One page of the response to a request.
package struct MetricDataAnswer: Sendable, Equatable {
    /// The results of the queries on this page, in the request's order.
    package var results: [MetricDataResult]
    /// The token that requests the next page; nil on the last one.
    package var nextToken: String?
    /// The searches whose results are not complete.
    package var leftOut: [LeftOutSeries] = []
}

/// Where a page begins. No state is kept between calls: the same request finds the place again, and datapoints that
/// arrive in the meantime neither move it nor cause duplicates.
struct MetricDataToken: Equatable {
    /// The index among the results of all queries that return data.
    var result: Int
    /// The time of the first datapoint.
    var time: Timestamp
    var fingerprint: UInt64

    init(result: Int, time: Timestamp, fingerprint: UInt64) {
        self.result = result
        self.time = time
        self.fingerprint = fingerprint
    }

    /// Reads a token that ``text`` wrote; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let fingerprint = UInt64(parts[0], radix: 16), let result = Int(parts[1]),
            let milliseconds = Int64(parts[2])
        else { return nil }
        self.init(result: result, time: Timestamp(milliseconds: milliseconds), fingerprint: fingerprint)
        guard self.text == text else { return nil }
    }

    var text: String {
        String(fingerprint, radix: 16) + "." + String(result) + "." + String(time.milliseconds)
    }
}

extension MetricDataRequest {
    /// Returns the page of `results` that the request asks for; throws ``Diagnostics`` if its token belongs to another
    /// request.
    package func page(of results: [MetricDataResult]) throws -> MetricDataAnswer {
        let first = try firstDatapoint(of: results)
        var page: [MetricDataResult] = []
        var room = mostDatapoints
        for (index, result) in results.enumerated().dropFirst(first?.result ?? 0) {
            var rest = result.datapoints[...]
            if let first, first.result == index {
                rest = rest.drop { isDescending ? $0.timestamp > first.time : $0.timestamp < first.time }
            }
            let taken = rest.prefix(room)
            room -= taken.count
            let next = rest.dropFirst(taken.count).first
            if next == nil || !taken.isEmpty {
                var part = result
                part.datapoints = Array(taken)
                part.isComplete = next == nil
                page.append(part)
            }
            if let next {
                let token = MetricDataToken(result: index, time: next.timestamp, fingerprint: fingerprint)
                return MetricDataAnswer(results: page, nextToken: token.text)
            }
        }
        return MetricDataAnswer(results: page, nextToken: nil)
    }

    private func firstDatapoint(of results: [MetricDataResult]) throws -> MetricDataToken? {
        guard let nextToken else { return nil }
        guard let token = MetricDataToken(nextToken), token.fingerprint == fingerprint,
            results.indices.contains(token.result),
            let query = queries.first(where: { $0.id == results[token.result].id }),
            isPeriodStart(token.time, of: query)
        else {
            let message = "belongs to another request; everything except MaxDatapoints must be as on the first page"
            throw Diagnostics([Diagnostic(file: "request", key: "NextToken", message)])
        }
        return token
    }

    private func isPeriodStart(_ time: Timestamp, of query: Query) -> Bool {
        var seconds = longestPeriod
        if case .metric(_, _, let period) = query.source { seconds = period }
        return time >= start.floored(toSeconds: seconds) && time < end && time == time.floored(toSeconds: seconds)
    }

    /// A hash that distinguishes requests with different datapoints: FNV-1a of the parameters that determine them.
    private var fingerprint: UInt64 {
        let parts: JSONValue = [
            .integer(Int(start.milliseconds)), .integer(Int(end.milliseconds)), .bool(isDescending),
            .array(queries.map { [.string($0.id), .bool($0.returnsData), $0.sourceParts] }),
            .array(searches.map { .string($0.text) }),
        ]
        return parts.utf8().reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

extension MetricDataRequest.Query {
    fileprivate var sourceParts: JSONValue {
        switch source {
        case .expression(let expression): return .string(expression.text)
        case .metric(let reference, let statistic, let period):
            let metric = reference.metric
            return [
                .string(metric.namespace), .string(metric.name),
                .array(metric.dimensions.map { [.string($0.name), .string($0.value)] }),
                .init(reference.unit?.rawValue),
                .string(statistic.description), .integer(period),
            ]
        }
    }
}
