/// A name and a value that distinguish the series of one metric, in Unicode's normal form C.
package struct Dimension: Sendable, Hashable, Comparable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name.normalised
        self.value = value.normalised
    }

    package static func < (a: Dimension, b: Dimension) -> Bool {
        (a.name, a.value) < (b.name, b.value)
    }
}

/// A metric as CloudWatch identifies it: namespace, name and dimensions, the latter in ascending order.
package struct Metric: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let namespace: String
    package let name: String
    package let dimensions: [Dimension]

    package init(namespace: String, name: String, dimensions: [Dimension] = []) {
        self.namespace = namespace
        self.name = name
        self.dimensions = dimensions.sorted()
    }

    package static func < (a: Metric, b: Metric) -> Bool {
        if a.namespace != b.namespace { return a.namespace < b.namespace }
        if a.name != b.name { return a.name < b.name }
        return a.dimensions.lexicographicallyPrecedes(b.dimensions)
    }

    /// `ChatService Latency ModelId=us.amazon.nova-lite-v1:0`.
    package var description: String {
        ([namespace, name] + dimensions.map { $0.name + "=" + $0.value }).joined(separator: " ")
    }
}

/// A dimension that a metric must have: ListMetrics' DimensionFilter.
package struct DimensionFilter: Sendable, Equatable {
    package var name: String
    /// Nil matches every value.
    package var value: String?

    package init(_ name: String, _ value: String? = nil) {
        self.name = name
        self.value = value
    }

    package func matches(_ metric: Metric) -> Bool {
        metric.dimensions.contains { $0.name == name && (value == nil || $0.value == value) }
    }
}

/// A metric in one unit, with its own datapoints. CloudWatch keeps the units of a metric separate, and so does the
/// store.
package struct Series: Sendable, Hashable {
    package let metric: Metric
    package let unit: MetricUnit

    package init(_ metric: Metric, unit: MetricUnit) {
        self.metric = metric
        self.unit = unit
    }
}

/// CloudWatch's StandardUnit.
package enum MetricUnit: String, Sendable, CaseIterable {
    case seconds = "Seconds"
    case microseconds = "Microseconds"
    case milliseconds = "Milliseconds"
    case bytes = "Bytes"
    case kilobytes = "Kilobytes"
    case megabytes = "Megabytes"
    case gigabytes = "Gigabytes"
    case terabytes = "Terabytes"
    case bits = "Bits"
    case kilobits = "Kilobits"
    case megabits = "Megabits"
    case gigabits = "Gigabits"
    case terabits = "Terabits"
    case percent = "Percent"
    case count = "Count"
    case bytesPerSecond = "Bytes/Second"
    case kilobytesPerSecond = "Kilobytes/Second"
    case megabytesPerSecond = "Megabytes/Second"
    case gigabytesPerSecond = "Gigabytes/Second"
    case terabytesPerSecond = "Terabytes/Second"
    case bitsPerSecond = "Bits/Second"
    case kilobitsPerSecond = "Kilobits/Second"
    case megabitsPerSecond = "Megabits/Second"
    case gigabitsPerSecond = "Gigabits/Second"
    case terabitsPerSecond = "Terabits/Second"
    case countPerSecond = "Count/Second"
    case none = "None"
}

/// The samples of a series in the period that begins at `start`.
package struct Slot: Sendable, Equatable {
    package var start: Timestamp
    package var distribution: Distribution

    package init(start: Timestamp, distribution: Distribution) {
        self.start = start
        self.distribution = distribution
    }

    /// The length in seconds of the finest slots, in which samples are recorded.
    package static let seconds = 10
}

extension [Series] {
    /// The names of the namespaces, in ascending order and each once.
    package var namespaces: [String] {
        Set(map(\.metric.namespace)).sorted()
    }
}
