/// The result of a pass of a ``DeadLetterForwarder``.
public struct Forwarded: Sendable, Equatable {
    /// Accepted by the queue.
    public var sent = 0
    /// Refused by it for good; they stay in the store.
    public var refused = 0
    /// Removed from the store because they had expired.
    public var expired = 0
    /// Why the queue accepts nothing, if that ended the pass.
    public var error: String?
    /// The error of the store that ended the pass early.
    public var failure: String?
    /// Whether nothing was done because another process was forwarding.
    public var isBusy = false

    public init(sent: Int = 0, refused: Int = 0, expired: Int = 0, error: String? = nil, isBusy: Bool = false) {
        self.sent = sent
        self.refused = refused
        self.expired = expired
        self.error = error
        self.isBusy = isBusy
    }
}
