/// The substitution of `${Name}` in the strings of a definition file.
enum ParameterFilling {
    /// Returns the value with every `${Name}` in its strings replaced by the parameter; those without a value, or with
    /// an empty one, stay as they are.
    ///
    /// A parameter is looked up by its name and then by the name in capitals, as is usual for environment variables.
    static func fill(_ value: JSONValue, _ parameters: [String: String]) -> JSONValue {
        switch value {
        case .string(let text): .string(fill(text, parameters))
        case .array(let values): .array(values.map { fill($0, parameters) })
        case .object(let members): .object(members.map { .init($0.key, fill($0.value, parameters)) })
        default: value
        }
    }

    /// Returns a parameter's value by its name, or by the name in capitals; nil if there is none or it is empty.
    static func value(of name: String, _ parameters: [String: String]) -> String? {
        let value = parameters[name] ?? parameters[name.uppercased()]
        return value?.isEmpty == true ? nil : value
    }

    /// Returns the name of the first `${Name}` in the text.
    static func unfilled(in text: String) -> String? {
        mayHavePlaceholders(text) ? pieces(of: text).lazy.compactMap(\.name).first : nil
    }

    /// Returns the name of every `${Name}` in the strings of a value.
    static func names(in value: JSONValue) -> Set<String> {
        switch value {
        case .string(let text): Set(pieces(of: text).compactMap(\.name))
        case .array(let values): Set(values.flatMap(names))
        case .object(let members): Set(members.flatMap { names(in: $0.value) })
        default: []
        }
    }

    /// Returns the text with each `${Name}` replaced; those for which `value` returns nil stay as they are.
    static func text(_ text: String, _ value: (String) -> String?) -> String {
        guard mayHavePlaceholders(text) else { return text }
        // Substituted values are not searched again, so a value cannot name another parameter.
        let parts = pieces(of: text).map { piece in
            switch piece {
            case .text(let text): text
            case .name(let name): value(name) ?? "${\(name)}"
            }
        }
        return parts.joined()
    }

    /// Most strings have no dollar sign, and looking for a byte is many times faster than looking for a text.
    private static func mayHavePlaceholders(_ text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "$"))
    }

    /// Splits a text into its parts, none of which is empty.
    static func pieces(of text: String) -> [AlarmParameter.Piece] {
        split(text) { isName($0) ? .name(String($0)) : nil }
    }

    /// Splits the text of Fn::Sub, in which `${!Literal}` means `${Literal}`, and any other `${…}` is a name.
    static func substitutions(in text: String) -> [AlarmParameter.Piece] {
        split(text) { $0.hasPrefix("!") ? .text("${\($0.dropFirst())}") : .name($0.trimmingSpaces()) }
    }

    private static func fill(_ text: String, _ parameters: [String: String]) -> String {
        self.text(text) { value(of: $0, parameters) }
    }

    /// Splits a text at each `${…}` for whose content `piece` does not return nil.
    private static func split(_ text: String, _ piece: (Substring) -> AlarmParameter.Piece?) -> [AlarmParameter.Piece] {
        if text.isEmpty { return [] }
        guard mayHavePlaceholders(text) else { return [.text(text)] }
        var pieces: [AlarmParameter.Piece] = []
        var plain = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            plain += rest[..<start.lowerBound]
            let after = rest.index(after: end)
            switch piece(rest[start.upperBound..<end]) {
            case .text(let text)?: plain += text
            case .name(let name)?:
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(.name(name))
            case nil: plain += rest[start.lowerBound..<after]
            }
            rest = rest[after...]
        }
        plain += rest
        if !plain.isEmpty { pieces.append(.text(plain)) }
        return pieces
    }

    /// Whether a text has only characters of the names of parameters, attributes (`Topic.TopicArn`), pseudo parameters
    /// (`AWS::Region`), exports and dynamic references.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}

/// A string of an alarm file and the `${Name}` in it that have no value yet.
package enum AlarmParameter {
    package enum Piece: Equatable {
        case text(String)
        case name(String)

        /// Nil for text.
        package var name: String? {
            if case .name(let name) = self { name } else { nil }
        }
    }

    /// Splits the text into its parts, none of which is empty.
    package static func pieces(of text: String) -> [Piece] {
        ParameterFilling.pieces(of: text)
    }
}

extension Substring {
    /// Returns the text without leading and trailing spaces.
    func trimmingSpaces() -> String {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension JSONValue {
    /// The value with the members of every object in ascending order of their keys, to compare files by their content.
    var canonical: JSONValue {
        switch self {
        case .array(let values): .array(values.map(\.canonical))
        case .object(let members):
            .object(members.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.canonical) })
        default: self
        }
    }
}
