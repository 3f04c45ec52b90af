/// A name and a value that distinguish the series of one metric.
public struct Dimension: Sendable, Hashable, Comparable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    public static func < (a: Dimension, b: Dimension) -> Bool {
        (a.name, a.value) < (b.name, b.value)
    }
}

/// A metric as CloudWatch identifies it: namespace, name and dimensions, the latter in ascending order.
public struct Metric: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let namespace: String
    public let name: String
    public let dimensions: [Dimension]

    public init(namespace: String, name: String, dimensions: [Dimension] = []) {
        self.namespace = namespace
        self.name = name
        self.dimensions = dimensions.sorted()
    }

    public static func < (a: Metric, b: Metric) -> Bool {
        if a.namespace != b.namespace { return a.namespace < b.namespace }
        if a.name != b.name { return a.name < b.name }
        return a.dimensions.lexicographicallyPrecedes(b.dimensions)
    }

    /// `ChatService Latency ModelId=us.amazon.nova-lite-v1:0`.
    public var description: String {
        ([namespace, name] + dimensions.map { $0.name + "=" + $0.value }).joined(separator: " ")
    }
}

/// A dimension that a metric must have: ListMetrics' DimensionFilter.
public struct DimensionFilter: Sendable, Equatable {
    public var name: String
    /// Nil matches every value.
    public var value: String?

    public init(_ name: String, _ value: String? = nil) {
        self.name = name
        self.value = value
    }

    public func matches(_ metric: Metric) -> Bool {
        metric.dimensions.contains { $0.name == name && (value == nil || $0.value == value) }
    }
}

/// A metric in one unit, to which datapoints belong. CloudWatch keeps the units of a metric separate, and so does the
/// store.
public struct Series: Sendable, Hashable {
    public let metric: Metric
    public let unit: MetricUnit

    public init(_ metric: Metric, unit: MetricUnit) {
        self.metric = metric
        self.unit = unit
    }
}

/// CloudWatch's StandardUnit.
public enum MetricUnit: String, Sendable, CaseIterable {
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
public struct Slot: Sendable, Equatable {
    public var start: Timestamp
    public var distribution: Distribution

    public init(start: Timestamp, distribution: Distribution) {
        self.start = start
        self.distribution = distribution
    }

    /// The length in seconds of the finest slots, in which samples are recorded.
    public static let seconds = 10
}
