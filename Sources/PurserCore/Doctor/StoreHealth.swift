/// The findings of `purser doctor` about a store.
package struct StoreHealth: Sendable, Equatable {
    package var sqliteVersion: String
    package var fileBytes: Int
    package var walBytes: Int
    package var series: Int
    /// Recorded slots that are not rolled up yet.
    package var points: Int
    /// Rolled-up hours of series, and the bytes of these hours and of their totals.
    package var blocks: Int
    package var blockBytes: Int
    /// The bytes that rolled-up metrics will take once the whole ladder is full, if series and traffic stay as they
    /// are.
    package var expectedBlockBytes: Int
    /// The size of the file's free pages in bytes.
    package var freeBytes: Int
    package var ledgerRows: Int
    /// Days whose calls were added up, and those of them whose calls were removed after that.
    package var countedDays: Int
    package var removedDays: Int
    /// Calls that hold money and are not settled.
    package var openReservations: Int
    package var pendingMessages: Int
    package var failedMessages: Int
    /// One sentence for each fault; empty for a healthy store.
    package var faults: [String]

    package init(
        sqliteVersion: String,
        fileBytes: Int,
        walBytes: Int,
        series: Int,
        points: Int,
        blocks: Int,
        blockBytes: Int,
        expectedBlockBytes: Int,
        freeBytes: Int,
        ledgerRows: Int,
        countedDays: Int,
        removedDays: Int,
        openReservations: Int,
        pendingMessages: Int,
        failedMessages: Int,
        faults: [String]
    ) {
        self.sqliteVersion = sqliteVersion
        self.fileBytes = fileBytes
        self.walBytes = walBytes
        self.series = series
        self.points = points
        self.blocks = blocks
        self.blockBytes = blockBytes
        self.expectedBlockBytes = expectedBlockBytes
        self.freeBytes = freeBytes
        self.ledgerRows = ledgerRows
        self.countedDays = countedDays
        self.removedDays = removedDays
        self.openReservations = openReservations
        self.pendingMessages = pendingMessages
        self.failedMessages = failedMessages
        self.faults = faults
    }
}
