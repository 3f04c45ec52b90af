import PurserCore

/// The entries of a Converse request's `requestMetadata`, which AWS writes into its own log of the call.
///
/// They name the caller and the call in the ledger, so that the two can be joined. Source: `requestMetadata` of Converse
/// in Amazon Bedrock's API reference: at most 16 entries of at most 256 characters, of a limited set.
package enum RequestMetadata {
    package struct Entry: Sendable, Equatable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package static let mostEntries = 16
    static let mostCharacters = 256

    private static let allowedScalars = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 :_@$#=/+,-.".unicodeScalars
    )

    /// Returns the entries for a call, the most important first.
    static func entries(requestId: String, caller: Caller) -> [Entry] {
        let names = [
            (LoggedKey.team, caller.team), (LoggedKey.user, caller.user), (LoggedKey.application, caller.application),
            (LoggedKey.session, caller.session),
        ]
        return [Entry(LoggedKey.requestId, requestId)] + names.compactMap { key, name in name.map { Entry(key, $0) } }
    }

    /// Returns the caller's own metadata with these entries; nil if there is nothing to send.
    ///
    /// An entry replaces the caller's entries with the same meaning, because callers must not pass as another. If there
    /// are more entries than Bedrock accepts, the caller's remain and the last ones here are left out; there is always
    /// room for the first.
    static func value(_ entries: [Entry], over own: JSONValue?) -> JSONValue? {
        // Anything but an object is passed on for Bedrock to reject.
        if let own, own != .null, own.members == nil { return own }
        // What the caller says already, in its own words, is not said again.
        let said = LoggedNames(own)
        let entries = entries.filter { said[$0.key] != $0.value }
        let keys = Set(entries.flatMap { LoggedKey.meaning[$0.key] ?? [] })
        var members = (own?.members ?? []).filter { !keys.contains($0.lowercasedName) }
        for entry in entries where members.count < mostEntries {
            members.append(.init(entry.key, .string(allowed(entry.value))))
        }
        return members.isEmpty ? own : .object(members)
    }

    /// Returns a text with each character that Bedrock does not accept replaced by `_`.
    private static func allowed(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(mostCharacters).map { allowedScalars.contains($0) ? $0 : "_" }
        return String(String.UnicodeScalarView(scalars))
    }
}
