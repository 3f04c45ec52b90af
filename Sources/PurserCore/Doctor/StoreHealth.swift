/// The findings of `purser doctor` about a store.
public struct StoreHealth: Sendable, Equatable {
    public var sqliteVersion: String
    public var fileBytes: Int
    public var walBytes: Int
    public var series: Int
    /// Recorded slots that are not rolled up yet.
    public var points: Int
    /// Rolled up hours of series, and the bytes of these hours and of their totals.
    public var blocks: Int
    public var blockBytes: Int
    /// The bytes that rolled up metrics will take once the whole ladder is full, if series and traffic stay as they
    /// are.
    public var expectedBlockBytes: Int
    /// The size of the file's free pages in bytes.
    public var freeBytes: Int
    public var ledgerRows: Int
    /// Calls that hold money and are not settled.
    public var openReservations: Int
    public var pendingMessages: Int
    public var failedMessages: Int
    /// One sentence for each fault; empty for a healthy store.
    public var faults: [String]

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
        self.openReservations = openReservations
        self.pendingMessages = pendingMessages
        self.failedMessages = failedMessages
        self.faults = faults
    }
}
