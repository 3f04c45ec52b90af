package import PurserCore
package import PurserStore

/// Keeps the requests that were admitted and got no answer.
///
/// A letter is committed to the store before the caller learns of the failure. If there is a queue, a
/// ``DeadLetterForwarder`` sends the letter to it later, so no caller waits for SQS and no letter is lost if SQS fails.
package struct DeadLetters: Sendable {
    private let store: Store
    private let keepsText: Bool

    package init(store: Store, settings: DeadLetterSettings) {
        self.store = store
        keepsText = settings.keepsText
    }

    /// Keeps a request; keeping the same request id again changes nothing.
    package func keep(_ request: ChatRequest, _ failure: ChatFailure, at time: Timestamp) throws {
        try store.keep(DeadLetter(request, failure, at: time, keepsText: keepsText))
    }
}
