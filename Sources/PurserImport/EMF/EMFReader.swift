import PurserCore

/// Reads CloudWatch's Embedded Metric Format: log lines that are JSON objects with a member `_aws`.
///
/// A line may have a log's prefix before the object. Lines without `_aws` are other lines of the log.
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
package struct EMFReader: MetricFormatReader {
    static let mostMetrics = 100
    static let mostValues = 100

    package init() {}

    package let remembers = false
    package let isPending = false

    package func read(_ line: String, at place: String) -> LineReading {
        guard let text = LogLine.object(in: line) else { return .skipped }
        do {
            let root = try JSONValue(parsing: text)
            guard let metadata = root["_aws"] else { return .skipped }
            var event = EMFEvent(root: root, place: place)
            return event.reading(metadata)
        } catch {
            // Other text with a brace in it is an ordinary line of the log; one that names _aws was meant as metrics.
            guard text.contains("\"_aws\"") else { return .skipped }
            return LineReading(faults: [Diagnostic(file: place, "\(error)")])
        }
    }

    package func finish() -> LineReading { LineReading() }
}

/// One log event with embedded metrics; a fault in it drops the whole event.
private struct EMFEvent {
    let root: JSONValue
    let place: String
    private var faults: [Diagnostic] = []

    init(root: JSONValue, place: String) {
        self.root = root
        self.place = place
    }

    mutating func reading(_ metadata: JSONValue) -> LineReading {
        var reading = LineReading()
        let time = metadata["Timestamp"]?.double.flatMap(MetricLimits.time)
        if time == nil { fault("_aws.Timestamp", "must be milliseconds since 1970") }
        if let directives = metadata["CloudWatchMetrics"]?.array {
            for (index, directive) in directives.enumerated() {
                let path = "_aws.CloudWatchMetrics[\(index)]"
                for (series, distribution) in samples(directive, path) {
                    if let time { reading.add(series, at: time, distribution) }
                }
            }
        } else {
            fault("_aws.CloudWatchMetrics", "must be an array of objects with Namespace, Dimensions and Metrics")
        }
        return faults.isEmpty ? reading : LineReading(faults: faults)
    }

    private mutating func fault(_ key: String, _ message: String) {
        faults.append(Diagnostic(file: place, key: key, message))
    }

    private mutating func samples(_ directive: JSONValue, _ path: String) -> [(Series, Distribution)] {
        let longest = MetricLimits.longestName
        guard let namespace = directive["Namespace"]?.string, MetricLimits.isText(namespace, longest: longest) else {
            fault(path + ".Namespace", "must be a string of 1 to \(longest) characters without control characters")
            return []
        }
        guard let definitions = directive["Metrics"]?.array, definitions.count <= EMFReader.mostMetrics else {
            fault(path + ".Metrics", "must be an array of at most \(EMFReader.mostMetrics) objects with Name")
            return []
        }
        let sets = dimensionSets(directive["Dimensions"], path + ".Dimensions")
        var samples: [(Series, Distribution)] = []
        for (index, definition) in definitions.enumerated() {
            let path = path + ".Metrics[\(index)]"
            guard let name = definition["Name"]?.string, MetricLimits.isText(name, longest: longest) else {
                fault(path + ".Name", "must be a string of 1 to \(longest) characters without control characters")
                continue
            }
            let unit = unit(definition["Unit"], path + ".Unit")
            if let resolution = definition["StorageResolution"], ![1, 60].contains(resolution.integer) {
                fault(path + ".StorageResolution", "must be 1 or 60")
            }
            guard let distribution = distribution(of: name), !distribution.isEmpty else { continue }
            for dimensions in sets {
                let metric = Metric(namespace: namespace, name: name, dimensions: dimensions)
                samples.append((Series(metric, unit: unit), distribution))
            }
        }
        return samples
    }

    /// Returns the sets of dimensions, with one metric for each; a repeated set would count its samples twice.
    private mutating func dimensionSets(_ value: JSONValue?, _ path: String) -> [[PurserCore.Dimension]] {
        guard let value else { return [[]] }
        guard let list = value.array else {
            fault(path, "must be an array of arrays of names")
            return []
        }
        var sets: [[PurserCore.Dimension]] = []
        for (index, item) in list.enumerated() {
            guard let names = item.array?.map(\.string), names.count <= MetricLimits.mostDimensions else {
                fault(path + "[\(index)]", "must be an array of at most \(MetricLimits.mostDimensions) names")
                continue
            }
            let dimensions = names.compactMap { dimension($0, path + "[\(index)]") }.sorted()
            if Set(dimensions.map(\.name)).count < dimensions.count {
                fault(path + "[\(index)]", "a dimension is given twice")
            }
            if !sets.contains(dimensions) { sets.append(dimensions) }
        }
        return sets.isEmpty ? [[]] : sets
    }

    private mutating func dimension(_ name: String?, _ path: String) -> PurserCore.Dimension? {
        let longest = (MetricLimits.longestName, MetricLimits.longestDimensionValue)
        guard let name, MetricLimits.isText(name, longest: longest.0) else {
            fault(path, "a dimension name must be a string of 1 to \(longest.0) characters without control characters")
            return nil
        }
        guard let value = root[name] else {
            fault(path, "names `\(name)`, but the object has no such member")
            return nil
        }
        guard let text = value.string, MetricLimits.isText(text, longest: longest.1) else {
            fault(name, "is a dimension: must be a string of 1 to \(longest.1) characters without control characters")
            return nil
        }
        return PurserCore.Dimension(name, text)
    }

    private mutating func unit(_ value: JSONValue?, _ path: String) -> MetricUnit {
        guard let value else { return .none }
        if let unit = value.string.flatMap(MetricUnit.init(rawValue:)) { return unit }
        fault(path, "must be one of \(MetricUnit.allCases.map(\.rawValue).joined(separator: ", "))")
        return .none
    }

    private mutating func distribution(of name: String) -> Distribution? {
        guard let value = root[name] else {
            fault(name, "is a metric, but the object has no such member")
            return nil
        }
        if let list = value.array {
            guard list.count <= EMFReader.mostValues else {
                fault(name, "has \(list.count) values; at most \(EMFReader.mostValues) are allowed")
                return nil
            }
            return merged(list.map { ($0, 1) }, name)
        }
        if value.members != nil { return aggregate(value, name) }
        return merged([(value, 1)], name)
    }

    private mutating func merged(_ samples: [(JSONValue, Int)], _ name: String) -> Distribution? {
        var merged = Distribution.empty
        for (value, count) in samples {
            guard let part = value.double.flatMap({ Distribution(value: $0, count: count) }) else {
                fault(name, "must be a number of a magnitude up to 2^63, or an array of such numbers")
                return nil
            }
            merged.merge(part)
        }
        return merged
    }

    /// Reads the object that embedded-metric libraries and OpenTelemetry's exporter write for many samples: Min, Max,
    /// Count and Sum, with Values and Counts if the samples are known.
    private mutating func aggregate(_ value: JSONValue, _ name: String) -> Distribution? {
        let figures = ["Count", "Sum", "Min", "Max"].map { value[$0]?.double }
        guard let values = value["Values"]?.array else {
            guard value["Values"] == nil, let count = value["Count"]?.integer, let sum = figures[1] else {
                fault(name, "must be a number, an array, or an object with Values and Counts or Count, Sum, Min, Max")
                return nil
            }
            if count == 0 { return .empty }
            guard let minimum = figures[2], let maximum = figures[3], count <= MetricLimits.largestCount,
                let summary = Distribution(count: count, sum: sum, minimum: minimum, maximum: maximum)
            else {
                fault(name, "Count must be a whole number, and Min must not exceed Max")
                return nil
            }
            return summary
        }
        let counts = (value["Counts"]?.array ?? values.map { _ in 1 }).map(\.integer)
        guard counts.count == values.count, values.count <= EMFReader.mostValues,
            counts.allSatisfy({ (1...MetricLimits.largestCount).contains($0 ?? 0) })
        else {
            fault(name, "Counts must be whole numbers above 0, one for each of at most \(EMFReader.mostValues) Values")
            return nil
        }
        guard var merged = merged(zip(values, counts).map { ($0, $1 ?? 0) }, name), !merged.isEmpty else { return nil }
        // The values may represent buckets, so use the exact sum and extremes if they are given.
        if let sum = figures[1], sum.magnitude <= Distribution.largestMagnitude,
            let low = figures[2], let high = figures[3], low <= high,
            max(low.magnitude, high.magnitude) <= Distribution.largestMagnitude
        {
            merged = Distribution(
                count: merged.count,
                sumNanos: Distribution.nanos(sum),
                minimum: low,
                maximum: high,
                buckets: merged.buckets
            )
        }
        return merged
    }
}
