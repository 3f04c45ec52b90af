/// The samples that one writer recorded since its last flush.
package struct Flush: Sendable {
    /// The writer's name: the same in every flush of one process or one import, and not used by any other.
    package var writer: String
    /// Higher than the writer's last one; a flush with a lower or equal number is treated as a repetition and ignored.
    package var sequence: Int
    package var points: [Point]
    /// The state that a resumable import needs to continue, in its own JSON; nil keeps the stored one.
    package var note: String?

    package struct Point: Sendable {
        package var series: Series
        package var slot: Slot

        package init(series: Series, slot: Slot) {
            self.series = series
            self.slot = slot
        }
    }

    package init(writer: String, sequence: Int, points: [Point], note: String? = nil) {
        self.writer = writer
        self.sequence = sequence
        self.points = points
        self.note = note
    }
}

/// The progress of a writer.
package struct WriterProgress: Sendable, Equatable {
    package var sequence: Int
    package var note: String?

    package init(sequence: Int, note: String?) {
        self.sequence = sequence
        self.note = note
    }
}
