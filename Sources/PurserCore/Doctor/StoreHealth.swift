/// What `purser doctor` found.
public struct StoreHealth: Sendable, Equatable {
    public var sqliteVersion: String
    public var fileBytes: Int
    public var walBytes: Int
    public var series: Int
    /// Recorded slots that wait to be rolled up.
    public var points: Int
    /// Hours of a series that are rolled up, and the bytes of them and of their totals.
    public var blocks: Int
    public var blockBytes: Int
    /// What rolled up metrics will take when the whole ladder is full, if series and traffic stay as they are.
    public var expectedBlockBytes: Int
    /// Pages of the file that are free, in bytes.
    public var freeBytes: Int
    public var ledgerRows: Int
    /// Calls that hold money and are not settled.
    public var openReservations: Int
    public var pendingMessages: Int
    public var failedMessages: Int
    /// What is wrong, in one sentence each; empty in a sound store.
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
