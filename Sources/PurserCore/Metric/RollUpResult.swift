/// The result of a roll-up run.
package struct RollUpResult: Sendable, Equatable {
    /// Recorded slots that moved into blocks.
    package var slots = 0
    /// Hours of a series that became coarser or were removed.
    package var agedBlocks = 0
    /// Days of the ledger whose calls were added up.
    package var countedDays = 0

    package init() {
    }
}
