/// The payer of a call; values that are nil are reported as unallocated. Names are in Unicode's normal form C.
package struct Caller: Sendable, Equatable {
    package let user: String?
    package let team: String?
    package let application: String?
    /// The id of the access key that the call was made with.
    package let accessKey: String?

    package init(user: String? = nil, team: String? = nil, application: String? = nil, accessKey: String? = nil) {
        self.user = user?.normalised
        self.team = team?.normalised
        self.application = application?.normalised
        self.accessKey = accessKey?.normalised
    }
}
