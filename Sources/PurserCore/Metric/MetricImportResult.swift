/// The result of an import.
public struct MetricImportResult: Sendable, Equatable {
    /// Lines that an earlier import of the same file had already read.
    public var knownLines = 0
    public var lines = 0
    /// Lines among them that are not about metrics.
    public var skipped = 0
    /// Datapoints stored.
    public var stored = 0
    /// Model calls entered in the ledger, and calls that it already had.
    public var calls = 0
    public var knownCalls = 0
    public var faults = 0
    /// Remarks for the user about how the lines were interpreted.
    public var notes: [String] = []

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
