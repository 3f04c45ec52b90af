/// A message that must reach a topic.
package struct OutboxMessage: Sendable, Equatable {
    package enum Status: String, Sendable {
        case pending
        case sent
        /// The service rejected it permanently; it is sent again only if an operator retries it.
        case failed
    }

    /// The same at every retry: alarm, number of the transition, and target.
    package var id: String
    /// The topic's ARN.
    package var target: String
    package var subject: String
    package var body: String
    package var attributes: [Attribute]
    /// The alarm or budget that it is about.
    package var source: String
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
        target: String,
        subject: String,
        body: String,
        attributes: [Attribute],
        source: String,
        created: Timestamp
    ) {
        self.id = id
        self.target = target
        self.subject = subject
        self.body = body
        self.attributes = attributes
        self.source = source
        self.created = created
    }
}
