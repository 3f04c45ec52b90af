package import PurserCore

/// Reads one format of metrics, line by line.
///
/// The results of a reader depend only on the lines (and on the clock, for samples without a time), so reading an
/// imported prefix again restores the reader's state.
package protocol MetricFormatReader {
    /// Whether the meaning of a line depends on the lines before it.
    var remembers: Bool { get }
    /// Whether the lines read so far are part of something longer, with datapoints still to come.
    var isPending: Bool { get }
    mutating func read(_ line: String, at place: String) -> LineReading
    /// Ends the input.
    mutating func finish() -> LineReading
}

/// The result of reading one line.
package struct LineReading: Sendable {
    package var points: [Flush.Point] = []
    /// Model calls, which go into the ledger and bring their own datapoints.
    package var calls: [LoggedCall] = []
    package var faults: [Diagnostic] = []
    /// Whether the points belong to earlier lines; this line may begin something new.
    package var endsEarlier = false
    /// Whether the input ended in the middle of something that may still be completed.
    package var isUnfinished = false
    /// Whether nothing in the line concerns metrics.
    package var isSkipped = false
    /// What the user should know about how the lines were read; shown once per import.
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

/// The limits of lines, names, dimensions and times in any format.
package enum MetricLimits {
    /// No format has longer lines.
    package static let longestLine = 64 << 20
    static let longestName = 255
    static let longestDimensionValue = 1024
    static let mostDimensions = 30
    static let largestCount = 1_000_000_000_000

    /// Returns whether a text can be a name or value in the store.
    static func isText(_ text: String, longest: Int) -> Bool {
        (1...longest).contains(text.unicodeScalars.count)
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// Returns a time from milliseconds since 1970, or nil if it is outside the range of calendars.
    static func time(milliseconds: Double) -> Timestamp? {
        guard milliseconds.magnitude < 1e15 else { return nil }
        return Timestamp(milliseconds: Int64(milliseconds.rounded(.down)))
    }

    /// Returns what is wrong with a metric, or nil if nothing is.
    static func fault(_ metric: Metric) -> String? {
        if !isText(metric.name, longest: longestName) || !isText(metric.namespace, longest: longestName) {
            return "namespace and name must have 1 to \(longestName) characters and no control characters"
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
                return "the dimension `\(dimension.name)` is given twice"
            }
        }
        return nil
    }
}
