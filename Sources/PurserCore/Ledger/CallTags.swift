/// What a caller says about a call for its own reports: the entries of `requestMetadata` that have no other meaning here.
package struct CallTags: Sendable, Hashable {
    /// By name, in normal form C.
    package let values: [String: String]

    package static let none = CallTags([:])

    private static let longestText = 256

    /// Entries that are no text of 1 to 256 characters, which Bedrock rejects, are left out.
    package init(_ values: [String: String]) {
        let texts = values.filter { name, value in
            Self.isText(name, longest: Self.longestText) && Self.isText(value, longest: Self.longestText)
        }
        self.values = Dictionary(texts.map { ($0.normalised, $1.normalised) }) { first, _ in first }
    }

    /// Returns whether a text has 1 to so many characters, none of them a control character.
    package static func isText(_ text: String, longest: Int) -> Bool {
        let scalars = text.unicodeScalars
        return !text.isEmpty && text.utf8.count <= 4 * longest && scalars.count <= longest
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
