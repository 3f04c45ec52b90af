/// What a caller says about a call for its own reports: the entries of `requestMetadata` that have no other meaning here.
package struct CallTags: Sendable, Hashable {
    /// By name.
    package let values: [String: String]

    package static let none = CallTags([:])

    private static let longestText = 256

    /// Entries that are no text of 1 to 256 characters, which Bedrock rejects, are left out.
    package init(_ values: [String: String]) {
        self.values = values.filter { name, value in
            Self.isText(name) && Self.isText(value)
        }
    }

    /// Returns whether a text can be the name or the value of a tag: 1 to 256 characters, none of them a control character.
    package static func isText(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        return !text.isEmpty && text.utf8.count <= 4 * longestText && scalars.count <= longestText
            && !scalars.contains { $0.properties.generalCategory == .control }
    }

    /// Reads what ``json`` wrote; text that is anything else has no tags.
    package init(json: String?) {
        let members = json.flatMap { try? JSONValue(parsing: $0) }?.members ?? []
        self.init(Dictionary(members.compactMap { m in m.value.string.map { (m.key, $0) } }) { first, _ in first })
    }

    /// A JSON object, the same for equal tags; nil if there are none.
    package var json: String? {
        if values.isEmpty { return nil }
        return JSONValue.object(sorted.map { JSONValue.Member($0.name, .string($0.value)) }).description
    }

    /// By name.
    package var sorted: [(name: String, value: String)] {
        values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }
}
