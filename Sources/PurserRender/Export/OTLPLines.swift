package import PurserCore

/// An export as OTLP JSON, one ExportMetricsServiceRequest per line.
///
/// Source: opentelemetry-proto's metrics.proto and the rules of its JSON encoding (64-bit integers are strings).
package enum OTLPLines {
    private static let delta = 1
    private static let scale = 6

    /// Returns a line for every period. Distributions are exponential histograms of scale 6 with the stored buckets,
    /// unchanged; those without a histogram become histograms of one bucket.
    ///
    /// The sum is left out if there are negative samples, as the protocol requires.
    package static func lines(
        _ export: MetricExport,
        instrument: (Series) -> OTLPInstrument = OTLPInstrument.init(_:)
    ) -> [String] {
        export.slotsByTime.map { start, points in
            var namespaces: [String: [Point]] = [:]
            for point in points {
                namespaces[point.series.metric.namespace, default: []].append(
                    Point(instrument: instrument(point.series), distribution: point.distribution)
                )
            }
            let times: [JSONValue.Member] = [
                .init("startTimeUnixNano", nanoseconds(start)),
                .init("timeUnixNano", nanoseconds(start + export.periodSeconds)),
            ]
            let resources = namespaces.sorted { $0.key < $1.key }.map { resource($0, $1, times) }
            return (["resourceMetrics": .array(resources)] as JSONValue).text()
        }
    }

    private struct Point {
        var instrument: OTLPInstrument
        var distribution: Distribution
    }

    /// The properties that the points of one metric in a message share.
    private struct Identity: Hashable, Comparable {
        var name: String
        var unit: String
        var isExponential: Bool

        static func < (a: Identity, b: Identity) -> Bool {
            (a.name, a.unit, a.isExponential ? 0 : 1) < (b.name, b.unit, b.isExponential ? 0 : 1)
        }
    }

    private static func resource(_ namespace: String, _ points: [Point], _ times: [JSONValue.Member]) -> JSONValue {
        var metrics: [Identity: [Point]] = [:]
        for point in points {
            let identity = Identity(
                name: point.instrument.name,
                unit: point.instrument.unit,
                isExponential: point.distribution.hasWholeHistogram
            )
            metrics[identity, default: []].append(point)
        }
        let list = metrics.sorted { $0.key < $1.key }.map { identity, points -> JSONValue in
            let data: JSONValue = [
                "dataPoints": .array(points.map { dataPoint($0, times) }),
                "aggregationTemporality": .integer(delta),
            ]
            return .object([
                .init("name", .string(identity.name)), .init("unit", .string(identity.unit)),
                .init(identity.isExponential ? "exponentialHistogram" : "histogram", data),
            ])
        }
        return [
            "resource": ["attributes": attributes([Dimension("service.name", namespace)])],
            "scopeMetrics": [["scope": ["name": "purser"], "metrics": .array(list)]],
        ]
    }

    private static func dataPoint(_ point: Point, _ times: [JSONValue.Member]) -> JSONValue {
        let distribution = point.distribution
        var members: [JSONValue.Member] = [.init("attributes", attributes(point.instrument.attributes))] + times
        members.append(.init("count", integer(distribution.count)))
        if distribution.minimum >= 0 { members.append(.init("sum", .number(distribution.sum))) }
        if distribution.hasWholeHistogram {
            members += [
                .init("scale", .integer(scale)),
                .init("zeroCount", integer(distribution.buckets.first { $0.key == 0 }?.count ?? 0)),
                .init("positive", buckets(distribution.buckets.filter { $0.key > 0 })),
                .init("negative", buckets(distribution.buckets.reversed().filter { $0.key < 0 })),
            ]
        } else {
            members += [.init("bucketCounts", [integer(distribution.count)]), .init("explicitBounds", [])]
        }
        members += [.init("min", .number(distribution.minimum)), .init("max", .number(distribution.maximum))]
        return .object(members)
    }

    /// Returns buckets of one sign in ascending order of their magnitude, with the empty ones between them.
    private static func buckets(_ buckets: [Distribution.Bucket]) -> JSONValue {
        guard let first = buckets.first, let last = buckets.last else { return ["offset": 0, "bucketCounts": []] }
        let lowest = Int(first.key.magnitude)
        var counts = Array(repeating: 0, count: Int(last.key.magnitude) - lowest + 1)
        for bucket in buckets {
            counts[Int(bucket.key.magnitude) - lowest] = bucket.count
        }
        return [
            "offset": .integer(lowest - Int(BucketScale.offset)), "bucketCounts": .array(counts.map(integer)),
        ]
    }

    private static func attributes(_ dimensions: [Dimension]) -> JSONValue {
        .array(dimensions.map { ["key": .string($0.name), "value": ["stringValue": .string($0.value)]] })
    }

    private static func integer(_ value: Int) -> JSONValue {
        .string(String(value))
    }

    private static func nanoseconds(_ time: Timestamp) -> JSONValue {
        .string(String(Int128(time.milliseconds) * 1_000_000))
    }
}
