/// The result of an import.
package struct MetricImportResult: Sendable, Equatable {
    /// Lines that an earlier import of the same file had already read.
    package var knownLines = 0
    package var lines = 0
    /// How many of the lines are not about metrics.
    package var skipped = 0
    /// Datapoints stored.
    package var stored = 0
    /// Model calls entered in the ledger, and calls that it already had.
    package var calls = 0
    package var knownCalls = 0
    package var faults = 0
    /// Notes for the user about how the lines were interpreted.
    package var notes: [String] = []
    /// The times of the oldest and the newest datapoint or call; nil without any.
    package var covered: ClosedRange<Timestamp>?

    package mutating func cover(_ time: Timestamp) {
        covered = covered.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
    }

    package init(
        knownLines: Int = 0,
        lines: Int = 0,
        skipped: Int = 0,
        stored: Int = 0,
        calls: Int = 0,
        knownCalls: Int = 0,
        faults: Int = 0,
        notes: [String] = []
    ) {
        self.knownLines = knownLines
        self.lines = lines
        self.skipped = skipped
        self.stored = stored
        self.calls = calls
        self.knownCalls = knownCalls
        self.faults = faults
        self.notes = notes
    }
}
