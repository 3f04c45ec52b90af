/// The payer of a call; values that are nil are reported as unallocated.
package struct Caller: Sendable, Equatable {
    package var user: String?
    package var team: String?
    package var application: String?
    /// The id of the access key that the call was made with.
    package var accessKey: String?

    package init(user: String? = nil, team: String? = nil, application: String? = nil, accessKey: String? = nil) {
        self.user = user
        self.team = team
        self.application = application
        self.accessKey = accessKey
    }
}
