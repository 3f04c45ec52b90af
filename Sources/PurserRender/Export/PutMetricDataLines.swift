import PurserCore

/// An export as PutMetricData inputs, one JSON object per line, for `purser metrics put` and
/// `aws cloudwatch put-metric-data --cli-input-json`.
package enum PutMetricDataLines {
    // PutMetricData's limits; a request may have a megabyte, some of which is left for its envelope.
    private static let mostDatums = 1000
    private static let mostValues = 150
    private static let mostBytes = 900_000

    /// Returns the lines, by namespace and then by time.
    ///
    /// A distribution of more than 150 values becomes several datums, which CloudWatch adds up. Samples without a
    /// histogram become StatisticValues.
    package static func lines(_ export: MetricExport) -> [String] {
        var datums: [String: [String]] = [:]
        for (start, points) in export.slotsByTime {
            for point in points {
                datums[point.series.metric.namespace, default: []] += self.datums(
                    point.series,
                    point.distribution,
                    at: start,
                    resolution: export.storageResolution
                )
            }
        }
        return datums.sorted { $0.key < $1.key }.flatMap { namespace, datums in
            batches(datums).map { batch in
                "{\"Namespace\":\(JSONValue.string(namespace).text()),\"MetricData\":[\(batch.joined(separator: ","))]}"
            }
        }
    }

    private static func batches(_ datums: [String]) -> [[String]] {
        var batches: [[String]] = []
        var bytes = 0
        for datum in datums {
            bytes += datum.utf8.count + 1
            if let last = batches.last, last.count < mostDatums, bytes <= mostBytes {
                batches[batches.count - 1].append(datum)
            } else {
                batches.append([datum])
                bytes = datum.utf8.count + 1
            }
        }
        return batches
    }

    private static func datums(
        _ series: Series,
        _ distribution: Distribution,
        at start: Timestamp,
        resolution: Int
    ) -> [String] {
        var head: [JSONValue.Member] = [.init("MetricName", .string(series.metric.name))]
        if !series.metric.dimensions.isEmpty {
            let dimensions = series.metric.dimensions.map { dimension -> JSONValue in
                ["Name": .string(dimension.name), "Value": .string(dimension.value)]
            }
            head.append(.init("Dimensions", .array(dimensions)))
        }
        head.append(.init("Timestamp", .string(start.iso8601())))
        let tail: [JSONValue.Member] = [
            .init("Unit", .string(series.unit.rawValue)), .init("StorageResolution", .integer(resolution)),
        ]
        return bodies(distribution).map { JSONValue.object(head + $0 + tail).text() }
    }

    private static func bodies(_ distribution: Distribution) -> [[JSONValue.Member]] {
        guard distribution.hasWholeHistogram else {
            let summary: JSONValue = [
                "SampleCount": .integer(distribution.count), "Sum": .number(distribution.sum),
                "Minimum": .number(distribution.minimum), "Maximum": .number(distribution.maximum),
            ]
            return [[.init("StatisticValues", summary)]]
        }
        return WeightedValue.standing(for: distribution).pieces(of: mostValues).map { piece in
            [
                .init("Values", .array(piece.map { .number($0.value) })),
                .init("Counts", .array(piece.map { .integer($0.count) })),
            ]
        }
    }
}
