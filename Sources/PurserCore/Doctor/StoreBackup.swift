/// A copy of a store that `purser backup` wrote.
package struct StoreBackup: Sendable, Equatable {
    /// The store's path.
    package var store: String
    package var file: String
    package var time: Timestamp
    package var bytes: Int
    package var ledgerRows: Int

    package init(store: String, file: String, time: Timestamp, bytes: Int, ledgerRows: Int) {
        self.store = store
        self.file = file
        self.time = time
        self.bytes = bytes
        self.ledgerRows = ledgerRows
    }
}
