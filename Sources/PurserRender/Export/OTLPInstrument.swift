package import PurserCore

/// A series as OpenTelemetry names it.
package struct OTLPInstrument: Sendable, Hashable {
    package var name: String
    /// The unit's UCUM code.
    package var unit: String
    package var attributes: [Dimension]

    package init(name: String, unit: String, attributes: [Dimension]) {
        self.name = name
        self.unit = unit
        self.attributes = attributes
    }

    /// Creates an instrument with the series' own name, and its dimensions as attributes.
    package init(_ series: Series) {
        self.init(name: series.metric.name, unit: Self.unit(series.unit), attributes: series.metric.dimensions)
    }

    /// Returns a unit's UCUM code.
    static func unit(_ unit: MetricUnit) -> String {
        switch unit {
        case .seconds: "s"
        case .microseconds: "us"
        case .milliseconds: "ms"
        case .bytes: "By"
        case .kilobytes: "kBy"
        case .megabytes: "MBy"
        case .gigabytes: "GBy"
        case .terabytes: "TBy"
        case .bits: "bit"
        case .kilobits: "kbit"
        case .megabits: "Mbit"
        case .gigabits: "Gbit"
        case .terabits: "Tbit"
        case .percent: "%"
        case .count: "{count}"
        case .bytesPerSecond: "By/s"
        case .kilobytesPerSecond: "kBy/s"
        case .megabytesPerSecond: "MBy/s"
        case .gigabytesPerSecond: "GBy/s"
        case .terabytesPerSecond: "TBy/s"
        case .bitsPerSecond: "bit/s"
        case .kilobitsPerSecond: "kbit/s"
        case .megabitsPerSecond: "Mbit/s"
        case .gigabitsPerSecond: "Gbit/s"
        case .terabitsPerSecond: "Tbit/s"
        case .countPerSecond: "{count}/s"
        case .none: "1"
        }
    }
}
