/// The keys of a request's metadata that name the call and its caller, in Bedrock's own log of the call.
package enum LoggedKey {
    /// The ledger's id of the call.
    package static let requestId = "requestId"
    package static let team = "team"
    package static let user = "user"
    package static let application = "application"
    package static let session = "session"

    /// For each of them, the keys that an import of the log reads with the same meaning, in lowercase.
    package static let meaning = [
        requestId: ["requestid"], team: ["team"], user: ["user", "userid"], application: ["application", "app"],
        session: ["session", "sessionid"],
    ]
}
