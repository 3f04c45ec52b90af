/// What a template's text refers to, whether or not it is evaluated.
extension CloudFormationResolver {
    /// Returns the value with every dynamic reference, which CloudFormation fills in at deployment, replaced: that is the
    /// given value, or a name without a value. `{{resolve:ssm:/topic}}` has the name `resolve:ssm:/topic`.
    mutating func withDynamicReferences(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(withDynamicReferences(text))
        case .array(let values): return .array(values.map { withDynamicReferences($0) })
        case .object(let members):
            return .object(members.map { .init($0.key, withDynamicReferences($0.value)) })
        default: return value
        }
    }

    private mutating func withDynamicReferences(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        var out = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{resolve:"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            let name = rest[start.lowerBound..<end.lowerBound].dropFirst(2)
            out += rest[..<start.lowerBound] + (foreign(String(name)).string ?? "")
            rest = rest[end.upperBound...]
        }
        return out + rest
    }

    /// Returns the names that Ref, Fn::Sub and Fn::GetAtt use anywhere in a value.
    static func references(in value: JSONValue) -> Set<String> {
        switch value {
        case .array(let values): return Set(values.flatMap(references))
        case .object(let members): return Set(members.flatMap(references))
        default: return []
        }
    }

    private static func references(in member: JSONValue.Member) -> Set<String> {
        let content = member.value
        switch member.key {
        case "Ref", "Fn::ImportValue": return Set([content.string].compactMap(\.self)).union(references(in: content))
        case "Fn::GetAtt":
            let parts = content.array?.compactMap(\.string) ?? [content.string].compactMap(\.self)
            return [parts.joined(separator: ".")]
        case "Fn::Sub":
            let parts = content.array ?? [content]
            let own = Set((parts.dropFirst().first?.members ?? []).map(\.key))
            let used = ParameterFilling.substitutions(in: parts.first?.string ?? "").compactMap(\.name)
            return Set(used).subtracting(own).union(parts.dropFirst().flatMap(references))
        default: return references(in: content)
        }
    }
}
