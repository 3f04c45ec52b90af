/// Evaluates CloudFormation's intrinsic functions in the properties of a resource.
///
/// What is not known before the stack exists stays `${Name}` in the text, as a parameter without a value does in other
/// alarm files: the alarm's reader decides whether a place needs its value. Source: the CloudFormation reference of the
/// intrinsic functions.
struct CloudFormationResolver {
    let names: CloudFormationNames
    var faults: DefinitionReader
    /// The names that were looked up.
    private(set) var asked: Set<String> = []
    private var depth = 0
    private var steps = 0

    // Conditions and names of resources may refer to each other in a circle, and each to several others.
    private static let deepest = 32
    private static let mostSteps = 10_000

    init(names: CloudFormationNames, faults: DefinitionReader) {
        self.names = names
        self.faults = faults
    }

    /// Returns the value with functions resolved; nil if there is a fault, and for `AWS::NoValue`, which removes its key.
    mutating func value(_ place: JSONPlace) -> JSONValue? {
        switch place.value {
        case .array:
            return .array(place.elements.compactMap { value($0) })
        case .object(let members):
            if let function = Self.function(members) { return result(of: function, place) }
            return .object(
                members.compactMap { member in
                    value(JSONPlace(value: member.value, path: place.path(of: member.key)))
                        .map { .init(member.key, $0) }
                }
            )
        case .string(let text):
            // CloudWatch itself fills in a label's ${…}, and a description is only read. Anywhere else, without Fn::Sub,
            // it would reach CloudWatch as plain text.
            if !Self.isLabel(place.path), !place.path.hasSuffix("Description"),
                let name = ParameterFilling.unfilled(in: text)
            {
                faults.fault(place.path, "`${\(name)}` is filled in only within Fn::Sub; use Fn::Sub or Ref")
            }
            return place.value
        default: return place.value
        }
    }

    /// Returns the text of a value whose functions are resolved; reports a list or an object.
    mutating func text(_ place: JSONPlace, _ function: String) -> String? {
        guard let value = value(place) else { return nil }
        guard let text = CloudFormationCoercion.text(value) else {
            faults.fault(place.path, "\(function): must be a string, not \(value.kind)")
            return nil
        }
        return text
    }

    /// Returns the value that a name or an attribute stands for; `${Name}` if it is not known.
    mutating func reference(_ name: String, _ place: JSONPlace) -> JSONValue? {
        asked.insert(name)
        let parts = name.split(separator: ".", maxSplits: 1)
        let meaning =
            parts.count == 2 ? names.meaning(of: String(parts[1]), in: String(parts[0])) : names.meaning(of: name)
        switch meaning {
        case .value(let value):
            // An action and a dimension need text, so an empty default is one without a value.
            let isNeeded = Self.isAction(place.path) || Self.isDimension(place.path) && place.value["Ref"] != nil
            return value == "" && isNeeded ? unknown(name, place) : value
        case .property(let property):
            let before = faults.diagnostics.count
            let value = nested("`\(name)`", place.path) { $0.value(property) }
            return faults.diagnostics.count == before ? value ?? unknown(name, place) : nil
        case .unknown: return unknown(name, place)
        }
    }

    /// Returns the value that was given for an export; `${Name}` if none was.
    mutating func importedValue(_ name: String, _ place: JSONPlace) -> JSONValue {
        let plain = name.replacing("${", with: "").replacing("}", with: "")
        asked.insert(plain)
        if case .value(let value) = names.meaning(ofExport: plain) { return value }
        return unknown(plain, place)
    }

    /// Returns the text for a name without a value. CloudWatch would fill in a label's `${…}`, so a label has the name.
    func unknown(_ name: String, _ place: JSONPlace) -> JSONValue {
        .string(Self.isLabel(place.path) ? name : "${\(name)}")
    }

    /// Runs `body` for what a name stands for; reports names that refer to themselves, or to too many others.
    mutating func nested<Value>(
        _ name: String,
        _ path: String,
        _ body: (inout CloudFormationResolver) -> Value?
    ) -> Value? {
        depth += 1
        steps += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest, steps <= Self.mostSteps else {
            faults.fault(path, "\(name) refers to itself, or to more than \(Self.mostSteps) others")
            return nil
        }
        return body(&self)
    }

    /// Returns the names that Ref, Fn::Sub and Fn::GetAtt use anywhere in a value.
    static func references(in value: JSONValue) -> Set<String> {
        switch value {
        case .array(let values): return Set(values.flatMap(references))
        case .object(let members):
            guard let function = function(members) else { return Set(members.flatMap { references(in: $0.value) }) }
            switch function.key {
            case "Ref", "Fn::ImportValue": return Set([function.value.string].compactMap(\.self))
            case "Fn::GetAtt":
                let parts = function.value.array?.compactMap(\.string) ?? [function.value.string].compactMap(\.self)
                return [parts.joined(separator: ".")]
            case "Fn::Sub":
                let parts = function.value.array ?? [function.value]
                let text = parts.first?.string ?? ""
                let own = Set((parts.dropFirst().first?.members ?? []).map(\.key))
                let used = SubstitutionText.pieces(of: text).compactMap(\.name)
                return Set(used).subtracting(own).union(parts.dropFirst().flatMap(references))
            default: return references(in: function.value)
            }
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

    private static func isDimension(_ path: String) -> Bool {
        path.hasSuffix("].Value") && path.contains(".Dimensions[")
    }

    private static func isAction(_ path: String) -> Bool {
        path.split(separator: ".").contains { $0.prefix { $0 != "[" }.hasSuffix("Actions") }
    }
}

extension JSONPlace {
    /// The elements of a list with their paths; none if it is not a list.
    var elements: [JSONPlace] {
        (value.array ?? []).enumerated().map { JSONPlace(value: $0.element, path: path + "[\($0.offset)]") }
    }
}
