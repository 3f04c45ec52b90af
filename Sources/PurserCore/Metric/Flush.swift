/// What one writer recorded since its last flush.
public struct Flush: Sendable {
    /// Who writes: the same name in every flush of one process or one import, and in no other's.
    public var writer: String
    /// Above the writer's last one; a flush that is not is taken for a repetition and ignored.
    public var sequence: Int
    public var points: [Point]
    /// What a resumable import wants to find again, in its own JSON; nil leaves the stored one.
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

/// How far a writer has come.
public struct WriterProgress: Sendable, Equatable {
    public var sequence: Int
    public var note: String?

    package init(sequence: Int, note: String?) {
        self.sequence = sequence
        self.note = note
    }
}
