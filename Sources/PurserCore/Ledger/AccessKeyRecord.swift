/// An access key as stored: its secret is sealed and cannot be opened here.
package struct AccessKeyRecord: Sendable, Equatable {
    package var id: String
    package var sealedSecret: [UInt8]
    /// The team that pays for the calls made with it.
    package let team: String
    package let user: String?
    /// The model ids that it may call, exactly as called; nil means any model with a price.
    package var models: [String]?
    package var created: Timestamp
    /// When it was revoked; nil if it was not.
    package var revoked: Timestamp?
    /// The beginning of the day, in UTC, on which its use was last recorded.
    package var lastUsedDay: Timestamp?

    package init(
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
        self.team = team.normalised
        self.user = user?.normalised
        self.models = models
        self.created = created
        self.revoked = revoked
        self.lastUsedDay = lastUsedDay
    }
}

/// The result of revoking an access key.
package enum AccessKeyRevocation: Sendable, Equatable {
    case revoked
    /// It had already been revoked, at this time.
    case alreadyRevoked(Timestamp)
    case unknown
}
