/// The result of delivering the waiting messages.
public struct DeliveryReport: Sendable, Equatable {
    public var sent: [OutboxMessage] = []
    /// Kept for the next run, with the reason.
    public var waiting: [OutboxMessage] = []
    /// Given up by this run: the service rejected them permanently.
    public var failed: [OutboxMessage] = []
    /// The number of messages that an earlier run gave up and that were not retried.
    public var failedBefore = 0
    /// The store's error that ended the run early; `sent` has the messages sent before it.
    public var failure: String?

    public init() {}

    /// Whether some messages were not delivered, or may not have been.
    public var isIncomplete: Bool {
        !waiting.isEmpty || !failed.isEmpty || failedBefore > 0 || failure != nil
    }
}
