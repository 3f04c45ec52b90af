/// The result of one attempt to deliver a message.
package enum PublishResult: Sendable, Equatable {
    /// The service has accepted the message and will deliver it.
    case sent(messageID: String)
    /// Not accepted, but a later attempt may succeed, with or without a change of the configuration.
    case retryable(reason: String)
    /// The service will reject this message on every attempt.
    case rejected(reason: String)
}
