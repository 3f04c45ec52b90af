package import PurserCore

/// A request for the slots of several series that start at `from` or later and before `to`.
package struct SlotRead: Sendable {
    package var references: [MetricReference]
    package var from: Timestamp
    package var to: Timestamp
    /// The pieces to merge slots into; nil for slots as they are stored.
    package var grid: SlotGrid?

    package init(references: [MetricReference], from: Timestamp, to: Timestamp, grid: SlotGrid?) {
        (self.references, self.from, self.to, self.grid) = (references, from, to, grid)
    }
}
