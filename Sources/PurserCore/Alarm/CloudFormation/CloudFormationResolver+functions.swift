/// The functions of values.
extension CloudFormationResolver {
    private static let supported =
        "supported: Ref, Fn::Sub, Fn::Join, Fn::Select, Fn::Split, Fn::FindInMap, Fn::If, Fn::GetAtt, Fn::ImportValue"

    mutating func result(of function: JSONValue.Member, _ place: JSONPlace) -> JSONValue? {
        let content = JSONPlace(value: function.value, path: place.path)
        switch function.key {
        case "Ref":
            guard let name = function.value.string else {
                faults.fault(place.path, "Ref must be a name, not \(function.value.kind)")
                return nil
            }
            return name == "AWS::NoValue" ? nil : reference(name, place)
        case "Fn::Sub": return substitution(content)
        case "Fn::Join": return joined(content)
        case "Fn::Select": return selected(content)
        case "Fn::Split": return split(content)
        case "Fn::FindInMap": return mapped(content)
        case "Fn::If": return chosen(content)
        case "Fn::GetAtt": return attribute(content)
        case "Fn::ImportValue": return text(content, function.key).map { importedValue($0, place) }
        case "Fn::ToJsonString": return value(content).map { .string($0.text()) }
        case "Fn::Length":
            guard let list = value(content) else { return nil }
            return list.array.map { .integer($0.count) } ?? list
        default:
            faults.fault(place.path, "\(function.key) is not supported here; \(Self.supported)")
            return nil
        }
    }

    /// Resolves `"text ${Name}"` or `["text ${Name}", {"Name": value}]`.
    private mutating func substitution(_ place: JSONPlace) -> JSONValue? {
        let parts = place.value.array ?? [place.value]
        guard let text = parts.first?.string, parts.count == 1 || parts.count == 2 && parts[1].members != nil else {
            faults.fault(place.path, "Fn::Sub must be a string, or a list of a string and an object of values")
            return nil
        }
        var own: [String: String] = [:]
        let before = faults.diagnostics.count
        for member in parts.dropFirst().first?.members ?? [] {
            own[member.key] = self.text(JSONPlace(value: member.value, path: place.path), "Fn::Sub")
        }
        var out = ""
        for piece in SubstitutionText.pieces(of: text) {
            switch piece {
            case .text(let text): out += text
            case .name(let name):
                if let value = own[name] {
                    out += value
                } else if name != "AWS::NoValue", let value = reference(name, place) {
                    guard let text = CloudFormationCoercion.text(value) else {
                        faults.fault(place.path, "Fn::Sub: `\(name)` is a list, which cannot be part of a string")
                        return nil
                    }
                    out += text
                }
            }
        }
        return faults.diagnostics.count == before ? .string(out) : nil
    }

    /// Resolves `[delimiter, [value, …]]`.
    private mutating func joined(_ place: JSONPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::Join", place, 2...2, "[delimiter, list]"),
            let delimiter = parts[0].value.string, let list = value(parts[1])
        else { return nil }
        guard let values = list.array else { return notAList("Fn::Join", list, place) }
        var texts: [String] = []
        for value in values {
            guard let text = CloudFormationCoercion.text(value) else {
                faults.fault(place.path, "Fn::Join: the list has \(value.kind), which cannot be part of a string")
                return nil
            }
            texts.append(text)
        }
        return .string(texts.joined(separator: delimiter))
    }

    /// Resolves `[delimiter, text]`. A text with a value that is not known stays whole: the value may have the delimiter.
    private mutating func split(_ place: JSONPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::Split", place, 2...2, "[delimiter, string]"),
            let delimiter = parts[0].value.string, !delimiter.isEmpty, let text = text(parts[1], "Fn::Split")
        else { return nil }
        if let name = ParameterFilling.unfilled(in: text) { return .string("${\(name)}") }
        let pieces = text.split(separator: delimiter, omittingEmptySubsequences: false)
        return .array(pieces.map { .string(String($0)) })
    }

    /// Resolves `[index, list]`.
    private mutating func selected(_ place: JSONPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::Select", place, 2...2, "[index, list]"),
            let index = text(parts[0], "Fn::Select"), let list = value(parts[1])
        else { return nil }
        guard let values = list.array else { return notAList("Fn::Select", list, place) }
        if let name = ParameterFilling.unfilled(in: index) { return unknown(name, place) }
        guard let number = Int(index), values.indices.contains(number) else {
            faults.fault(place.path, "Fn::Select: there is no element \(index) in a list of \(values.count)")
            return nil
        }
        return values[number]
    }

    /// Resolves `[map, key, key]`, with `{"DefaultValue": value}` as a fourth element.
    private mutating func mapped(_ place: JSONPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::FindInMap", place, 3...4, "[map, key, key]"),
            let map = text(parts[0], "Fn::FindInMap"), let first = text(parts[1], "Fn::FindInMap"),
            let second = text(parts[2], "Fn::FindInMap")
        else { return nil }
        if let found = names.mapped(map, first, second) { return found }
        for key in [map, first, second] {
            if let name = ParameterFilling.unfilled(in: key) { return unknown(name, place) }
        }
        if parts.count == 4, let standard = parts[3].member("DefaultValue") { return value(standard) }
        // A part of a template may use a map that it does not define.
        if !names.hasMap(map) { return reference("\(map).\(first).\(second)", place) }
        faults.fault(place.path, "Fn::FindInMap: there is no Mappings.\(map).\(first).\(second)")
        return nil
    }

    /// Resolves `[condition, value, value]`.
    private mutating func chosen(_ place: JSONPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::If", place, 3...3, "[condition, value, value]") else { return nil }
        guard let name = parts[0].value.string else {
            faults.fault(place.path, "Fn::If: the condition must be a name, not \(parts[0].value.kind)")
            return nil
        }
        switch condition(name, place.path) {
        case nil: return nil
        case .yes?: return value(JSONPlace(value: parts[1].value, path: place.path))
        case .no?: return value(JSONPlace(value: parts[2].value, path: place.path))
        case .unknown(let name)?: return unknown(name, place)
        }
    }

    /// Resolves `"Resource.Attribute"` or `[resource, attribute]`.
    private mutating func attribute(_ place: JSONPlace) -> JSONValue? {
        var parts: [String] = []
        for part in place.value.array == nil ? [place] : place.elements {
            guard let text = text(part, "Fn::GetAtt") else { return nil }
            parts.append(text)
        }
        let name = parts.joined(separator: ".")
        guard name.contains("."), !name.hasPrefix("."), !name.hasSuffix(".") else {
            faults.fault(place.path, "Fn::GetAtt must name a resource and an attribute, not `\(name)`")
            return nil
        }
        return reference(name, place)
    }

    /// Returns the elements of a function's list; reports a list of another length.
    mutating func arguments(
        of function: String,
        _ place: JSONPlace,
        _ count: ClosedRange<Int>,
        _ form: String
    ) -> [JSONPlace]? {
        let parts = place.elements
        guard count.contains(parts.count) else {
            faults.fault(place.path, "\(function) must be \(form)")
            return nil
        }
        return parts.map { JSONPlace(value: $0.value, path: place.path) }
    }

    /// Returns a list that is a parameter without a value as it is; anything else is a fault.
    private mutating func notAList(_ function: String, _ value: JSONValue, _ place: JSONPlace) -> JSONValue? {
        if let name = value.string.flatMap(ParameterFilling.unfilled) { return unknown(name, place) }
        faults.fault(place.path, "\(function): must have a list, not \(value.kind)")
        return nil
    }
}
