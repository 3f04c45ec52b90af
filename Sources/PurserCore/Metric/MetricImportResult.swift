/// What an import did.
public struct MetricImportResult: Sendable, Equatable {
    /// Lines that an earlier import of the same file had taken.
    public var knownLines = 0
    public var lines = 0
    /// Lines among them that do not concern metrics.
    public var skipped = 0
    /// Datapoints stored.
    public var stored = 0
    /// Model calls entered in the ledger, and those that it had already.
    public var calls = 0
    public var knownCalls = 0
    public var faults = 0
    /// What a person should know about how the lines were taken.
    public var notes: [String] = []

    package init(knownLines: Int = 0) {
        self.knownLines = knownLines
    }
}
