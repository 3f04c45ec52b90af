/// Resolves Ref and Fn::Sub in the properties of a resource; other functions are faults.
struct CloudFormationResolver {
    let names: CloudFormationNames
    var faults: DefinitionReader

    private static let allowed =
        "allowed: Ref and Fn::Sub with --parameter NAME=VALUE, the template's Parameters and its alarms"

    /// Returns the value with functions resolved; nil if there is a fault, and for `AWS::NoValue`, which removes its key.
    mutating func value(_ place: JSONPlace) -> JSONValue? {
        switch place.value {
        case .array(let values):
            return .array(
                values.enumerated().compactMap { index, value in
                    self.value(JSONPlace(value: value, path: place.path + "[\(index)]"))
                }
            )
        case .object(let members):
            if let function = Self.function(members) { return result(of: function, place) }
            return .object(
                members.compactMap { member in
                    value(JSONPlace(value: member.value, path: place.path(of: member.key)))
                        .map { .init(member.key, $0) }
                }
            )
        case .string(let text):
            // CloudWatch itself fills in a label's ${…}. Anywhere else, without Fn::Sub, it would reach CloudWatch as
            // plain text.
            if !Self.isLabel(place.path), let name = ParameterFilling.unfilled(in: text) {
                faults.fault(place.path, "`${\(name)}` is filled in only within Fn::Sub; use Fn::Sub or Ref")
            }
            return place.value
        default: return place.value
        }
    }

    /// Returns the names that Ref and Fn::Sub use anywhere in a value.
    static func references(in value: JSONValue) -> Set<String> {
        switch value {
        case .array(let values): return Set(values.flatMap(references))
        case .object(let members):
            guard let function = function(members) else { return Set(members.flatMap { references(in: $0.value) }) }
            if function.key == "Ref" { return Set([function.value.string].compactMap(\.self)) }
            guard function.key == "Fn::Sub" else { return references(in: function.value) }
            let parts = function.value.array ?? [function.value]
            let text = parts.first?.string ?? ""
            let own = Set((parts.dropFirst().first?.members ?? []).map(\.key))
            let used = SubstitutionText.pieces(of: text).compactMap(\.name)
            return Set(used).subtracting(own).union(parts.dropFirst().flatMap(references))
        default: return []
        }
    }

    private static func function(_ members: [JSONValue.Member]) -> JSONValue.Member? {
        guard members.count == 1, let member = members.first else { return nil }
        return member.key == "Ref" || member.key == "Condition" || member.key.hasPrefix("Fn::") ? member : nil
    }

    private static func isLabel(_ path: String) -> Bool {
        path.hasSuffix("].Label")
    }

    private mutating func result(of function: JSONValue.Member, _ place: JSONPlace) -> JSONValue? {
        switch function.key {
        case "Ref":
            guard let name = function.value.string else {
                faults.fault(place.path, "Ref must be a name, not \(function.value.kind)")
                return nil
            }
            return name == "AWS::NoValue" ? nil : meaning(of: name, "Ref", place)
        case "Fn::Sub": return substitution(function.value, place)
        default:
            faults.fault(place.path, "\(function.key) is not supported here; \(Self.allowed)")
            return nil
        }
    }

    private mutating func meaning(of name: String, _ function: String, _ place: JSONPlace) -> JSONValue? {
        switch names.meaning(of: name) {
        case .value(let value): return value
        case .unfilled:
            // An action may stay unfilled, so a first run does not need AWS; the alarm's reader rejects other unfilled
            // values.
            if Self.isLabel(place.path) {
                faults.fault(place.path, "the parameter \(name) has no value; give --parameter \(name)=VALUE")
                return nil
            }
            return .string("${\(name)}")
        case .unknown(let why):
            faults.fault(place.path, "\(function): \(why)")
            return nil
        }
    }

    /// Resolves `"text ${Name}"` or `["text ${Name}", {"Name": value}]`.
    private mutating func substitution(_ content: JSONValue, _ place: JSONPlace) -> JSONValue? {
        let parts = content.array ?? [content]
        guard let text = parts.first?.string, parts.count == 1 || parts.count == 2 && parts[1].members != nil else {
            faults.fault(place.path, "Fn::Sub must be a string, or a list of a string and an object of values")
            return nil
        }
        var own: [String: String] = [:]
        for member in parts.dropFirst().first?.members ?? [] {
            let inner = JSONPlace(value: member.value, path: place.path(of: "Fn::Sub[1]." + member.key))
            guard let value = value(inner) else { continue }
            own[member.key] = CloudFormationCoercion.text(value)
            if own[member.key] == nil { faults.fault(inner.path, "must be a string, not \(value.kind)") }
        }
        let before = faults.diagnostics.count
        var out = ""
        for piece in SubstitutionText.pieces(of: text) {
            switch piece {
            case .text(let text): out += text
            case .name(let name): out += own[name] ?? reference(name, place) ?? ""
            }
        }
        return faults.diagnostics.count == before ? .string(out) : nil
    }

    private mutating func reference(_ name: String, _ place: JSONPlace) -> String? {
        guard !name.contains(".") else {
            faults.fault(
                place.path,
                "Fn::Sub: `\(name)` is an attribute (Fn::GetAtt), which is not supported here; \(Self.allowed)"
            )
            return nil
        }
        guard let value = meaning(of: name, "Fn::Sub", place) else { return nil }
        guard let text = CloudFormationCoercion.text(value) else {
            faults.fault(place.path, "Fn::Sub: `\(name)` is a list, which cannot be part of a string")
            return nil
        }
        return text
    }
}

/// The string of Fn::Sub: text, `${Name}`, and `${!Literal}`, which stands for `${Literal}`.
enum SubstitutionText {
    enum Piece: Equatable {
        case text(String)
        case name(String)

        var name: String? {
            if case .name(let name) = self { name } else { nil }
        }
    }

    static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let name = rest[start.upperBound..<end]
            if start.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<start.lowerBound]))) }
            pieces.append(name.hasPrefix("!") ? .text("${\(name.dropFirst())}") : .name(String(name)))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }
}
