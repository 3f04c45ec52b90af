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

/// What a request's metadata says about its call.
package struct LoggedNames: Sendable, Equatable {
    private var names: [String: String] = [:]
    /// The entries that have no meaning here.
    package let tags: CallTags

    /// Texts longer than this are not read.
    private static let longestText = 1024

    package init(_ metadata: JSONValue?) {
        let members = metadata?.members ?? []
        for (key, synonyms) in LoggedKey.meaning {
            // The key itself counts before its synonyms.
            let entry = members.first { $0.key == key } ?? members.first { synonyms.contains($0.lowercasedName) }
            guard let text = entry?.value.string, CallTags.isText(text, longest: Self.longestText) else { continue }
            names[key] = text.normalised
        }
        let known = Set(LoggedKey.meaning.values.joined())
        let others = members.filter { !known.contains($0.lowercasedName) }
        tags = CallTags(Dictionary(others.compactMap { m in m.value.string.map { (m.key, $0) } }) { first, _ in first })
    }

    /// Returns the value of one of ``LoggedKey``'s keys, in normal form C.
    package subscript(key: String) -> String? { names[key] }
}
