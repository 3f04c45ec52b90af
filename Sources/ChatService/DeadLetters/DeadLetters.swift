public import PurserCore
public import PurserStore

/// Keeps the requests that were admitted and got no answer.
///
/// A letter is committed to the store before the caller hears of the failure; the queue, where there is one, gets it later
/// from a ``DeadLetterForwarder``, so that no caller waits for SQS and no letter is lost with it.
public struct DeadLetters: Sendable {
    private let store: Store
    private let keepsText: Bool

    public init(store: Store, settings: DeadLetterSettings) {
        self.store = store
        keepsText = settings.keepsText
    }

    /// Keeps a request; a second time with the same request id changes nothing.
    public func keep(_ request: ChatRequest, _ failure: ChatFailure, at time: Timestamp) throws {
        try store.keep(DeadLetter(request, failure, at: time, keepsText: keepsText))
    }
}
