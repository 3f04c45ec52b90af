/// An access key as the store has it: its secret is sealed, and nobody here can open it.
public struct AccessKeyRecord: Sendable, Equatable {
    public var id: String
    public var sealedSecret: [UInt8]
    /// Who pays for the calls made with it.
    public var team: String
    public var user: String?
    /// The models that it may call, exactly as called; nil is any with a price.
    public var models: [String]?
    public var created: Timestamp
    /// Since when it no longer works; nil while it does.
    public var revoked: Timestamp?
    /// The beginning of the day, in UTC, on which it was last seen to be used.
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

/// What became of the wish to revoke an access key.
public enum AccessKeyRevocation: Sendable, Equatable {
    case revoked
    /// It no longer worked already, since then.
    case alreadyRevoked(Timestamp)
    case unknown
}
