/// The payer of a call; values that are nil are reported as unallocated. Names are in Unicode's normal form C.
package struct Caller: Sendable, Equatable {
    package let user: String?
    package let team: String?
    package let application: String?
    /// The id of the access key that the call was made with.
    package let accessKey: String?
    /// What the caller calls a conversation or the run of an agent.
    package let session: String?
    package let tags: CallTags

    package init(
        user: String? = nil,
        team: String? = nil,
        application: String? = nil,
        accessKey: String? = nil,
        session: String? = nil,
        tags: CallTags = .none
    ) {
        self.user = user?.normalised
        self.team = team?.normalised
        self.application = application?.normalised
        self.accessKey = accessKey?.normalised
        self.session = session?.normalised
        self.tags = tags
    }

    /// Returns this caller with what its request's metadata says about itself, and with the session of its header, which
    /// counts before the metadata's. The request does not change who calls.
    package func saying(_ names: LoggedNames = LoggedNames(nil), session: String?) -> Caller {
        Caller(
            user: user,
            team: team,
            application: application ?? names[LoggedKey.application],
            accessKey: accessKey,
            session: session ?? names[LoggedKey.session],
            tags: names.tags
        )
    }
}
