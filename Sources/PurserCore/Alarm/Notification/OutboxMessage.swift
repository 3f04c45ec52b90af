/// A message that must reach a topic.
package struct OutboxMessage: Sendable, Equatable {
    package enum Status: String, Sendable {
        case pending
        case sent
        /// The service rejected it permanently; it is sent again only if an operator retries it.
        case failed
    }

    /// What a message reports.
    package enum About: Sendable, Hashable {
        /// A change of an alarm, by its name and the change's number.
        case alarm(String, change: Int)
        /// A budget's threshold that was crossed in a period: a month, `2026-11`, or another one by its first moment.
        case budget(String, period: String)

        /// Whether messages about both must arrive in order.
        package func isSameSeries(as other: About) -> Bool {
            switch (self, other) {
            case (.alarm(let name, _), .alarm(let other, _)), (.budget(let name, _), .budget(let other, _)):
                name == other
            default: false
            }
        }
    }

    /// Where a message goes.
    package enum Target: Sendable, Hashable, CustomStringConvertible {
        /// An SNS topic.
        case topic(TopicARN)
        /// A text that is not the ARN of a topic. Alarm files cannot have one; the store of an earlier version may.
        case unknown(String)

        package init(_ text: String) {
            self = TopicARN(text).map(Self.topic) ?? .unknown(text)
        }

        package var description: String {
            switch self {
            case .topic(let arn): arn.description
            case .unknown(let text): text
            }
        }
    }

    /// Stays the same on every retry, and differs for every message.
    package var id: String
    package var target: Target
    package var subject: String
    package var body: String
    package var attributes: [Attribute]
    package var about: About
    package var created: Timestamp
    package var status = Status.pending
    package var attempts = 0
    /// Why the last attempt failed.
    package var error: String?
    package var nextAttempt: Timestamp?
    package var sent: Timestamp?

    package struct Attribute: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        id: String,
        target: Target,
        subject: String,
        body: String,
        attributes: [Attribute],
        about: About,
        created: Timestamp
    ) {
        self.id = id
        self.target = target
        self.subject = subject
        self.body = body
        self.attributes = attributes
        self.about = about
        self.created = created
    }
}
