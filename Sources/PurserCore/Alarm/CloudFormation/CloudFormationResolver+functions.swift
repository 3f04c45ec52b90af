/// The functions of values.
extension CloudFormationResolver {
    private static let supported =
        "supported: Ref, Fn::Sub, Fn::Join, Fn::Select, Fn::Split, Fn::FindInMap, Fn::If, Fn::GetAtt, Fn::ImportValue, "
        + "Fn::ForEach, Fn::Length, Fn::ToJsonString"

    mutating func result(of function: JSONValue.Member, _ place: CloudFormationPlace) -> JSONValue? {
        let content = place.with(function.value)
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
        case "Fn::ImportValue": return text(content, function.key).map { foreign($0) }
        case "Fn::ToJsonString": return value(content.piece).map { .string($0.text()) }
        case "Fn::Length":
            guard let list = value(content.piece) else { return nil }
            return list.array.map { .integer($0.count) } ?? notAList(function.key, list, place)
        default:
            faults.fault(place.path, "\(function.key) is not supported here; \(Self.supported)")
            return nil
        }
    }

    /// Resolves `"text ${Name}"` or `["text ${Name}", {"Name": value}]`.
    private mutating func substitution(_ place: CloudFormationPlace) -> JSONValue? {
        let parts = place.value.array ?? [place.value]
        guard let text = parts.first?.string, parts.count == 1 || parts.count == 2 && parts[1].members != nil else {
            faults.fault(place.path, "Fn::Sub must be a string, or a list of a string and an object of values")
            return nil
        }
        var own: [String: String] = [:]
        let before = faults.diagnostics.count
        for member in parts.dropFirst().first?.members ?? [] {
            own[member.key] = self.text(place.with(member.value), "Fn::Sub")
        }
        var out = ""
        for piece in ParameterFilling.substitutions(in: text) {
            switch piece {
            case .text(let text): out += text
            case .name("AWS::NoValue"): break
            case .name(let name):
                guard let value = own[name].map(JSONValue.string) ?? reference(name, place.piece) else { return nil }
                guard let text = CloudFormationCoercion.text(value) else {
                    faults.fault(place.path, "Fn::Sub: `\(name)` is a list, which cannot be part of a string")
                    return nil
                }
                out += text
            }
            // More than is allowed is reported with the result.
            if out.utf8.count > Self.longestText { break }
        }
        return faults.diagnostics.count == before ? .string(out) : nil
    }

    /// Resolves `[delimiter, [value, …]]`.
    private mutating func joined(_ place: CloudFormationPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::Join", place, 2...2, "[delimiter, list]"),
            let delimiter = parts[0].value.string, let list = value(parts[1].piece)
        else { return nil }
        guard let values = list.array else { return notAList("Fn::Join", list, place) }
        var out = ""
        for (index, value) in values.enumerated() {
            guard let text = CloudFormationCoercion.text(value) else {
                faults.fault(place.path, "Fn::Join: the list has \(value.kind), which cannot be part of a string")
                return nil
            }
            out += index == 0 ? text : delimiter + text
            // More than is allowed is reported with the result.
            if out.utf8.count > Self.longestText { break }
        }
        return .string(out)
    }

    /// Resolves `[delimiter, text]`. A text with a value that is not known stays whole: the value may have the delimiter.
    private mutating func split(_ place: CloudFormationPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::Split", place, 2...2, "[delimiter, string]"),
            let delimiter = parts[0].value.string, !delimiter.isEmpty, let text = text(parts[1], "Fn::Split")
        else { return nil }
        if let name = ParameterFilling.unfilled(in: text) { return unknown(name) }
        guard mayWrite(text.utf8.count, place) else { return nil }
        let pieces = text.split(separator: delimiter, omittingEmptySubsequences: false)
        return .array(pieces.map { .string(String($0)) })
    }

    /// Resolves `[index, list]`.
    private mutating func selected(_ place: CloudFormationPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::Select", place, 2...2, "[index, list]"),
            let index = text(parts[0], "Fn::Select"), let list = value(parts[1])
        else { return nil }
        guard let values = list.array else { return notAList("Fn::Select", list, place) }
        if let name = ParameterFilling.unfilled(in: index) { return unknown(name) }
        guard let number = Int(index), values.indices.contains(number) else {
            faults.fault(place.path, "Fn::Select: there is no element \(index) in a list of \(values.count)")
            return nil
        }
        return values[number]
    }

    /// Resolves `[map, key, key]`, with `{"DefaultValue": value}` as a fourth element.
    private mutating func mapped(_ place: CloudFormationPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::FindInMap", place, 3...4, "[map, key, key]"),
            let map = text(parts[0], "Fn::FindInMap"), let first = text(parts[1], "Fn::FindInMap"),
            let second = text(parts[2], "Fn::FindInMap")
        else { return nil }
        if let found = names.mapped(map, first, second) { return found }
        for key in [map, first, second] {
            if let name = ParameterFilling.unfilled(in: key) { return unknown(name) }
        }
        if parts.count == 4, let standard = parts[3].value["DefaultValue"] { return value(place.with(standard)) }
        // A part of a template may use a map that it does not define.
        if !names.hasMap(map) { return reference("\(map).\(first).\(second)", place) }
        faults.fault(place.path, "Fn::FindInMap: there is no Mappings.\(map).\(first).\(second)")
        return nil
    }

    /// Resolves `[condition, value, value]`.
    private mutating func chosen(_ place: CloudFormationPlace) -> JSONValue? {
        guard let parts = arguments(of: "Fn::If", place, 3...3, "[condition, value, value]") else { return nil }
        guard let name = parts[0].value.string else {
            faults.fault(place.path, "Fn::If: the condition must be a name, not \(parts[0].value.kind)")
            return nil
        }
        switch condition(name, usedAt: place.path) {
        case nil: return nil
        case .yes?: return value(parts[1])
        case .no?: return value(parts[2])
        case .unknown(let name)?: return unknown(name)
        }
    }

    /// Resolves `"Resource.Attribute"` or `[resource, attribute]`.
    private mutating func attribute(_ place: CloudFormationPlace) -> JSONValue? {
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
        _ place: CloudFormationPlace,
        _ count: ClosedRange<Int>,
        _ form: String
    ) -> [CloudFormationPlace]? {
        let parts = place.elements
        guard count.contains(parts.count) else {
            faults.fault(place.path, "\(function) must be \(form)")
            return nil
        }
        return parts.map { place.with($0.value) }
    }

    /// Returns a list that is a parameter without a value as it is; anything else is a fault.
    private mutating func notAList(_ function: String, _ value: JSONValue, _ place: CloudFormationPlace) -> JSONValue? {
        if let name = value.string.flatMap(ParameterFilling.unfilled) { return unknown(name) }
        faults.fault(place.path, "\(function): must have a list, not \(value.kind)")
        return nil
    }
}
