package import PurserAWS
import PurserCore

/// What is kept of requests that got no answer, for how long, and the queue that it is sent to.
package struct DeadLetterSettings: Sendable, Equatable {
    /// Whether the text of a request is kept with it. Without it, no text is stored and a second attempt is impossible.
    package var keepsText = false
    /// How long a letter is kept in the store.
    package var days = 14
    /// The queue that letters are sent to; nil leaves them in the store.
    package var queue: SQSQueue?

    package init() {}

    /// Reads PURSERD_DEADLETTER_TEXT, PURSERD_DEADLETTER_DAYS and PURSERD_DEADLETTER_QUEUE_URL; throws ``Diagnostics``
    /// that name every invalid one.
    package init(environment: [String: String]) throws {
        var reader = EnvironmentReader(environment)
        reader.readSwitch("PURSERD_DEADLETTER_TEXT") { keepsText = $0 }
        reader.readNumber("PURSERD_DEADLETTER_DAYS", 1...365) { days = $0 }
        if let text = environment["PURSERD_DEADLETTER_QUEUE_URL"], !text.isEmpty {
            do throws(SQSQueueError) {
                queue = try SQSQueue(text, environment: environment)
            } catch {
                reader.fault("PURSERD_DEADLETTER_QUEUE_URL", "\(error)")
            }
        }
        try reader.throwFaults()
    }
}
