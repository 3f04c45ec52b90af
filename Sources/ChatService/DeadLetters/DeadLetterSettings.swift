public import PurserAWS
import PurserCore

/// What is kept of requests that got no answer, for how long, and the queue that it is sent to.
public struct DeadLetterSettings: Sendable, Equatable {
    /// Whether the text of a request is kept with it. Without it, no text is stored and a second attempt is impossible.
    public var keepsText = false
    /// How long a letter is kept in the store.
    public var days = 14
    /// The queue that letters are sent to; nil leaves them in the store.
    public var queue: SQSQueue?

    public init() {}

    /// Reads PURSERD_DEADLETTER_TEXT, PURSERD_DEADLETTER_DAYS and PURSERD_DEADLETTER_QUEUE_URL; throws ``Diagnostics``
    /// that name every invalid one.
    public init(environment: [String: String]) throws {
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
