/// A copy that was put in the place of a store.
package struct Restoration: Sendable, Equatable {
    package var time: Timestamp
    /// When the copy was made, or the newest time in it if it was not made by `purser backup`; nil if it was empty.
    package var copied: Timestamp?
    /// The calls that were carried over from the store that was replaced.
    package var calls: Int
    /// What the operator knew the month to have cost beyond the calls in the ledger.
    package var spent: Picodollars
    /// How many numbers of alarm changes were left out.
    package var skipped: Int

    package init(time: Timestamp, copied: Timestamp?, calls: Int, spent: Picodollars, skipped: Int) {
        self.time = time
        self.copied = copied
        self.calls = calls
        self.spent = spent
        self.skipped = skipped
    }

    /// More changes than an alarm can have had since the copy was made, at one in a second.
    ///
    /// The copy does not know which numbers were used after it was made, and a number that is used twice would make
    /// subscribers drop the second message.
    package static func skippedNumbers(copied: Timestamp?, at time: Timestamp) -> Int {
        guard let copied else { return leastSkipped }
        return max(0, Int((time - copied) / 1000)) + leastSkipped
    }

    private static let leastSkipped = 1000
}
