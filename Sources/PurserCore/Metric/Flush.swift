/// The samples that one writer recorded since its last flush.
public struct Flush: Sendable {
    /// The writer's name: the same in every flush of one process or one import, and not used by any other.
    public var writer: String
    /// Higher than the writer's last one; a flush with a lower or equal number is treated as a repetition and ignored.
    public var sequence: Int
    public var points: [Point]
    /// The state that a resumable import needs to continue, in its own JSON; nil keeps the stored one.
    public var note: String?

    public struct Point: Sendable {
        public var series: Series
        public var slot: Slot

        public init(series: Series, slot: Slot) {
            self.series = series
            self.slot = slot
        }
    }

    public init(writer: String, sequence: Int, points: [Point], note: String? = nil) {
        self.writer = writer
        self.sequence = sequence
        self.points = points
        self.note = note
    }
}

/// The progress of a writer.
public struct WriterProgress: Sendable, Equatable {
    public var sequence: Int
    public var note: String?

    package init(sequence: Int, note: String?) {
        self.sequence = sequence
        self.note = note
    }
}
