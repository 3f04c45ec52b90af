/// The payer of a call; values that are nil are reported as unallocated.
public struct Caller: Sendable, Equatable {
    public var user: String?
    public var team: String?
    public var application: String?
    /// The id of the access key that the call was made with.
    public var accessKey: String?

    public init(user: String? = nil, team: String? = nil, application: String? = nil, accessKey: String? = nil) {
        self.user = user
        self.team = team
        self.application = application
        self.accessKey = accessKey
    }
}
