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
        var rest = text[...]
        while let place = next(in: rest) {
            if let name = place.name { return name }
            rest = rest[place.range.upperBound...]
        }
        return nil
    }

    /// Returns the name of every `${Name}` in the strings of a value.
    static func names(in value: JSONValue) -> Set<String> {
        switch value {
        case .string(let text): Set(pieces(of: text).compactMap { if case .name(let name) = $0 { name } else { nil } })
        case .array(let values): Set(values.flatMap(names))
        case .object(let members): Set(members.flatMap { names(in: $0.value) })
        default: []
        }
    }

    static func pieces(of text: String) -> [AlarmParameter.Piece] {
        var pieces: [AlarmParameter.Piece] = []
        var plain = ""
        var rest = text[...]
        while let place = next(in: rest) {
            plain += rest[..<place.range.lowerBound]
            if let name = place.name {
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(.name(name))
            } else {
                plain += rest[place.range]
            }
            rest = rest[place.range.upperBound...]
        }
        plain += rest
        if !plain.isEmpty { pieces.append(.text(plain)) }
        return pieces
    }

    private static func fill(_ text: String, _ parameters: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let place = next(in: rest) {
            result += rest[..<place.range.lowerBound]
            let value = place.name.flatMap { self.value(of: $0, parameters) }
            // Substituted values are not searched again, so a value cannot name another parameter.
            result += value.map { $0[...] } ?? rest[place.range]
            rest = rest[place.range.upperBound...]
        }
        return result + rest
    }

    /// Returns the first `${…}`; its name is nil if it has characters that no name of a parameter, an attribute
    /// (`Topic.TopicArn`), a pseudo parameter (`AWS::Region`) or an export has.
    private static func next(in text: Substring) -> (range: Range<Substring.Index>, name: String?)? {
        // Most strings have no dollar sign, and looking for a byte is many times faster than looking for a text.
        guard text.utf8.contains(UInt8(ascii: "$")), let start = text.firstRange(of: "${"),
            let end = text[start.upperBound...].firstIndex(of: "}")
        else {
            return nil
        }
        let name = text[start.upperBound..<end]
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
        return (start.lowerBound..<text.index(after: end), isName ? String(name) : nil)
    }
}

/// A string of an alarm file and the `${Name}` in it that have no value yet.
package enum AlarmParameter {
    package enum Piece: Equatable {
        case text(String)
        case name(String)
    }

    /// Splits the text into its parts, none of which is empty.
    package static func pieces(of text: String) -> [Piece] {
        ParameterFilling.pieces(of: text)
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
