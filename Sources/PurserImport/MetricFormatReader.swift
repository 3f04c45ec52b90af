package import PurserCore

/// Reads one format of metrics, line by line.
///
/// What a reader makes of lines depends on the lines alone (and on the clock, for samples that bring no time), so that
/// reading an imported prefix again puts it back into the state in which it was left.
package protocol MetricFormatReader {
    /// What a line means depends on the lines before it.
    var remembers: Bool { get }
    /// Lines were read that are a part of something longer: their datapoints are still to come.
    var isPending: Bool { get }
    mutating func read(_ line: String, at place: String) -> LineReading
    /// The input has ended.
    mutating func finish() -> LineReading
}

/// What one line brought.
package struct LineReading: Sendable {
    package var points: [Flush.Point] = []
    /// Model calls, which go into the ledger and bring their own datapoints.
    package var calls: [LoggedCall] = []
    package var faults: [Diagnostic] = []
    /// The points are of lines before this one, which may begin something new.
    package var endsEarlier = false
    /// The input ended within something: what is missing may still come.
    package var isUnfinished = false
    /// Nothing in the line concerns metrics.
    package var isSkipped = false
    /// What a person should know about how the lines were taken; told once in an import.
    package var notes: [String] = []

    package init(
        points: [Flush.Point] = [],
        calls: [LoggedCall] = [],
        faults: [Diagnostic] = [],
        endsEarlier: Bool = false,
        isUnfinished: Bool = false,
        isSkipped: Bool = false,
        notes: [String] = []
    ) {
        self.points = points
        self.calls = calls
        self.faults = faults
        self.endsEarlier = endsEarlier
        self.isUnfinished = isUnfinished
        self.isSkipped = isSkipped
        self.notes = notes
    }

    static let skipped = LineReading(isSkipped: true)

    mutating func add(_ series: Series, at time: Timestamp, _ distribution: Distribution) {
        let slot = Slot(start: time.floored(toSeconds: Slot.seconds), distribution: distribution)
        points.append(Flush.Point(series: series, slot: slot))
    }
}

/// What names, dimensions and times may be, whatever format they come in.
package enum MetricLimits {
    /// The longest line; more is no line of any of the formats.
    package static let longestLine = 64 << 20
    static let longestName = 255
    static let longestDimensionValue = 1024
    static let mostDimensions = 30
    static let largestCount = 1_000_000_000_000

    /// A text that may stand as a name or value in the store.
    static func isText(_ text: String, longest: Int) -> Bool {
        (1...longest).contains(text.unicodeScalars.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// A time from milliseconds since 1970, where it is one that calendars know.
    static func time(milliseconds: Double) -> Timestamp? {
        guard milliseconds.magnitude < 1e15 else { return nil }
        return Timestamp(milliseconds: Int64(milliseconds.rounded(.down)))
    }

    /// What is wrong with a metric; nil where nothing is.
    static func fault(_ metric: Metric) -> String? {
        if !isText(metric.name, longest: longestName) || !isText(metric.namespace, longest: longestName) {
            return "namespace and name must be texts of 1 to \(longestName) characters without control characters"
        }
        if metric.dimensions.count > mostDimensions {
            return "has \(metric.dimensions.count) dimensions; at most \(mostDimensions) are allowed"
        }
        for (index, dimension) in metric.dimensions.enumerated() {
            if !isText(dimension.name, longest: longestName)
                || !isText(dimension.value, longest: longestDimensionValue)
            {
                return "the dimension `\(dimension.name)` must have a name of 1 to \(longestName) and a value of 1 to "
                    + "\(longestDimensionValue) characters without control characters"
            }
            if index > 0, metric.dimensions[index - 1].name == dimension.name {
                return "the dimension `\(dimension.name)` stands twice"
            }
        }
        return nil
    }
}
