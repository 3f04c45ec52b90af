/// The result of delivering the waiting messages.
package struct DeliveryReport: Sendable, Equatable {
    package var sent: [OutboxMessage] = []
    /// Messages kept for the next run, with the reason.
    package var waiting: [OutboxMessage] = []
    /// Messages that another run is sending, which is not a failure.
    package var leftToAnother: [OutboxMessage] = []
    /// Messages that this run gave up on, because the service rejected them permanently.
    package var failed: [OutboxMessage] = []
    /// The number of messages that an earlier run gave up on and that were not retried.
    package var failedBefore = 0
    /// The store error that ended the run early; `sent` contains the messages sent before it.
    package var failure: String?

    package init() {}

    /// Whether some messages were not delivered, or may not have been.
    package var isIncomplete: Bool {
        !waiting.isEmpty || !failed.isEmpty || failedBefore > 0 || failure != nil
    }
}
