package import PurserCore

/// An export in CloudWatch's embedded metric format, one log event as JSON per line.
///
/// Source: the format's specification in the CloudWatch manual; distributions are the objects with Values, Counts, Max,
/// Min, Count and Sum that CloudWatch's own agents write.
package enum EMFLines {
    /// The lines, and the metrics that the format cannot hold.
    package struct Result: Sendable, Equatable {
        package var lines: [String] = []
        /// Metrics with the name of one of their dimensions: both would be the same member of the event.
        package var leftOut: [Metric] = []
    }

    private static let mostMetrics = 100
    private static let mostValues = 100
    /// The older limit of a log event is a quarter of a megabyte; some of it is left for the envelope.
    private static let mostBytes = 200_000

    /// Returns one line for every time and set of dimensions, or several if there is more than a line may hold.
    package static func lines(_ export: MetricExport) -> Result {
        var result = Result()
        result.leftOut = export.items.map(\.series.metric).filter(isNameTaken)
        for (start, points) in export.slotsByTime {
            var groups: [Group: [Entry]] = [:]
            for point in points where !isNameTaken(point.series.metric) {
                let metric = point.series.metric
                let group = Group(namespace: metric.namespace, dimensions: metric.dimensions)
                groups[group, default: []] += values(point.distribution).map { value in
                    Entry(name: metric.name, unit: point.series.unit, value: value.text())
                }
            }
            for (group, entries) in groups.sorted(by: { $0.key < $1.key }) {
                result.lines += lines(entries).map {
                    line(group, $0, at: start, resolution: export.storageResolution)
                }
            }
        }
        return result
    }

    private struct Group: Hashable, Comparable {
        var namespace: String
        var dimensions: [Dimension]

        static func < (a: Group, b: Group) -> Bool {
            a.namespace == b.namespace
                ? a.dimensions.lexicographicallyPrecedes(b.dimensions) : a.namespace < b.namespace
        }
    }

    /// A metric's value in one line.
    private struct Entry {
        var name: String
        var unit: MetricUnit
        var value: String
    }

    private static func isNameTaken(_ metric: Metric) -> Bool {
        metric.name == "_aws" || metric.dimensions.contains { $0.name == metric.name || $0.name == "_aws" }
    }

    /// Returns the entries of each line; a name occurs only once in a line.
    private static func lines(_ entries: [Entry]) -> [[Entry]] {
        var lines: [(entries: [Entry], names: Set<String>, bytes: Int)] = []
        for entry in entries {
            let bytes = entry.value.utf8.count + 2 * entry.name.utf8.count
            let free = lines.firstIndex {
                $0.entries.count < mostMetrics && $0.bytes + bytes <= mostBytes && !$0.names.contains(entry.name)
            }
            if let free {
                lines[free].entries.append(entry)
                lines[free].names.insert(entry.name)
                lines[free].bytes += bytes
            } else {
                lines.append(([entry], [entry.name], bytes))
            }
        }
        return lines.map(\.entries)
    }

    private static func line(_ group: Group, _ entries: [Entry], at start: Timestamp, resolution: Int) -> String {
        let metrics = entries.map { entry -> JSONValue in
            [
                "Name": .string(entry.name), "Unit": .string(entry.unit.rawValue),
                "StorageResolution": .integer(resolution),
            ]
        }
        let head: JSONValue = [
            "Timestamp": .integer(Int(start.milliseconds)),
            "CloudWatchMetrics": [
                [
                    "Namespace": .string(group.namespace),
                    "Dimensions": [.array(group.dimensions.map { .string($0.name) })],
                    "Metrics": .array(metrics),
                ]
            ],
        ]
        var members = ["\"_aws\":" + head.text()]
        members += group.dimensions.map { quoted($0.name) + ":" + quoted($0.value) }
        members += entries.map { quoted($0.name) + ":" + $0.value }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        JSONValue.string(text).text()
    }

    /// Returns the distribution in pieces that a line can hold; each has its own extremes, count and sum.
    private static func values(_ distribution: Distribution) -> [JSONValue] {
        guard distribution.hasWholeHistogram else {
            return [
                [
                    "Max": .number(distribution.maximum), "Min": .number(distribution.minimum),
                    "Count": .integer(distribution.count), "Sum": .number(distribution.sum),
                ]
            ]
        }
        let values = WeightedValue.standing(for: distribution)
        return values.pieces(of: mostValues).map { piece in
            let isWhole = piece.count == values.count
            let sum = isWhole ? distribution.sum : piece.reduce(0) { $0 + $1.value * Double($1.count) }
            return [
                "Values": .array(piece.map { .number($0.value) }),
                "Counts": .array(piece.map { .integer($0.count) }),
                "Max": .number(piece.last?.value ?? distribution.maximum),
                "Min": .number(piece.first?.value ?? distribution.minimum),
                "Count": .integer(piece.reduce(0) { $0 + $1.count }),
                "Sum": .number(sum),
            ]
        }
    }
}
