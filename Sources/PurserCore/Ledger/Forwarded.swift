/// The result of a pass of a ``DeadLetterForwarder``.
package struct Forwarded: Sendable, Equatable {
    /// Accepted by the queue.
    package var sent = 0
    /// Refused by it for good; they stay in the store.
    package var refused = 0
    /// Removed from the store because they had expired.
    package var expired = 0
    /// Why the queue accepts no messages, if that ended the pass.
    package var error: String?
    /// The store error that ended the pass early.
    package var failure: String?
    /// Whether nothing was done because another process was forwarding.
    package var isBusy = false

    package init(sent: Int = 0, refused: Int = 0, expired: Int = 0, error: String? = nil, isBusy: Bool = false) {
        self.sent = sent
        self.refused = refused
        self.expired = expired
        self.error = error
        self.isBusy = isBusy
    }
}
