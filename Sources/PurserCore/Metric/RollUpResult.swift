/// The result of a roll-up run.
public struct RollUpResult: Sendable, Equatable {
    /// Recorded slots that moved into blocks.
    public var slots = 0
    /// Hours of a series that became coarser or were removed.
    public var agedBlocks = 0

    package init() {
    }
}
