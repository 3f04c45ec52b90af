/// A store that `purser restore` put in its place.
package struct RestoredStore: Sendable, Equatable {
    /// The store's path.
    package var store: String
    /// The copy.
    package var file: String
    package var restoration: Restoration
    package var ledgerRows: Int
    /// The path of the store that was replaced; nil if there was none.
    package var kept: String?
    /// Why nothing could be carried over from the store that was replaced; nil if it could be read.
    package var unreadable: String?

    package init(
        store: String,
        file: String,
        restoration: Restoration,
        ledgerRows: Int,
        kept: String?,
        unreadable: String?
    ) {
        self.store = store
        self.file = file
        self.restoration = restoration
        self.ledgerRows = ledgerRows
        self.kept = kept
        self.unreadable = unreadable
    }
}
