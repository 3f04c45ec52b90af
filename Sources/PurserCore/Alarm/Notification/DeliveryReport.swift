/// What became of the messages that waited.
public struct DeliveryReport: Sendable, Equatable {
    public var sent: [OutboxMessage] = []
    /// Kept for the next run, with the reason.
    public var waiting: [OutboxMessage] = []
    /// Given up by this run: the service refused them for good.
    public var failed: [OutboxMessage] = []
    /// Messages that an earlier run gave up and nobody has retried.
    public var failedBefore = 0
    /// The error of the store that ended the run early; `sent` has what was sent before.
    public var failure: String?

    public init() {}

    /// Whether a person has not been told what they should have been.
    public var isIncomplete: Bool {
        !waiting.isEmpty || !failed.isEmpty || failedBefore > 0 || failure != nil
    }
}
