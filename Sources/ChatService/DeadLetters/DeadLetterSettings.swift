package import PurserAWS
import PurserCore

/// What to keep of requests that got no answer, how long to keep it, and the queue to send it to.
package struct DeadLetterSettings: Sendable, Equatable, Configurable {
    /// Whether a request's text is kept with the letter. If not, no text is stored and a second attempt is impossible.
    package var keepsText = false
    /// How long a letter is kept in the store.
    package var days = 14
    /// The queue that letters are sent to; nil leaves them in the store.
    package var queue: SQSQueue?

    package init() {}

    /// Reads PURSERD_DEADLETTER_TEXT, PURSERD_DEADLETTER_DAYS and PURSERD_DEADLETTER_QUEUE_URL; throws ``Diagnostics``
    /// that name every invalid one.
    package init(environment: [String: String]) throws {
        self.init()
        var reader = EnvironmentReader(environment)
        reader.read(into: &self)
        try reader.throwFaults()
    }

    package static let settings: [ConfigurationSetting<DeadLetterSettings>] = ConfigurationSetting.group(
        .deadLetters,
        [
            ConfigurationSetting(
                Setting("PURSERD_DEADLETTER_QUEUE_URL", "The queue for failed requests.", "an SQS queue's URL", "none"),
                reading: { try SQSQueue($0, environment: $1) },
                set: { $0.queue = $1 }
            ),
            .toggle("PURSERD_DEADLETTER_TEXT", "Whether to keep the text of failed requests.", \.keepsText),
            .number("PURSERD_DEADLETTER_DAYS", "Days to keep failed and refused requests.", 1...365, \.days),
        ]
    )
}
