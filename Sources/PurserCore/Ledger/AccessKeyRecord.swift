/// An access key as stored: its secret is sealed and cannot be opened here.
public struct AccessKeyRecord: Sendable, Equatable {
    public var id: String
    public var sealedSecret: [UInt8]
    /// The team that pays for the calls made with it.
    public var team: String
    public var user: String?
    /// The model ids that it may call, exactly as called; nil means any model with a price.
    public var models: [String]?
    public var created: Timestamp
    /// When it stopped working; nil while it works.
    public var revoked: Timestamp?
    /// The beginning of the day, in UTC, on which its use was last recorded.
    public var lastUsedDay: Timestamp?

    public init(
        id: String,
        sealedSecret: [UInt8],
        team: String,
        user: String? = nil,
        models: [String]? = nil,
        created: Timestamp,
        revoked: Timestamp? = nil,
        lastUsedDay: Timestamp? = nil
    ) {
        self.id = id
        self.sealedSecret = sealedSecret
        self.team = team
        self.user = user
        self.models = models
        self.created = created
        self.revoked = revoked
        self.lastUsedDay = lastUsedDay
    }
}

/// The result of revoking an access key.
public enum AccessKeyRevocation: Sendable, Equatable {
    case revoked
    /// It had already been revoked, at this time.
    case alreadyRevoked(Timestamp)
    case unknown
}
