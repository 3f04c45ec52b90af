/// A message that must reach a topic.
public struct OutboxMessage: Sendable, Equatable {
    public enum Status: String, Sendable {
        case pending
        case sent
        /// The service rejected it permanently; it is sent again only if an operator retries it.
        case failed
    }

    /// The same at every retry: alarm, number of the transition, and target.
    public var id: String
    /// The topic's ARN.
    public var target: String
    public var subject: String
    public var body: String
    public var attributes: [Attribute]
    /// The alarm or budget that it is about.
    public var source: String
    public var created: Timestamp
    public var status = Status.pending
    public var attempts = 0
    /// Why the last attempt failed.
    public var error: String?
    public var nextAttempt: Timestamp?
    public var sent: Timestamp?

    public struct Attribute: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
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
