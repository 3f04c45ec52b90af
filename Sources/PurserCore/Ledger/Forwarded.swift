/// What a pass of a ``DeadLetterForwarder`` did.
public struct Forwarded: Sendable, Equatable {
    /// Taken by the queue.
    public var sent = 0
    /// Refused by it for good; they stay in the store.
    public var refused = 0
    /// Gone from the store because they were kept long enough.
    public var expired = 0
    /// Why the queue takes nothing, which ended the pass.
    public var error: String?
    /// The error of the store that ended the pass early.
    public var failure: String?
    /// Another process was at it, so that nothing was done.
    public var isBusy = false

    public init(sent: Int = 0, refused: Int = 0, expired: Int = 0, error: String? = nil, isBusy: Bool = false) {
        self.sent = sent
        self.refused = refused
        self.expired = expired
        self.error = error
        self.isBusy = isBusy
    }
}
