/// The value of a condition.
enum CloudFormationTruth: Equatable {
    case yes
    case no
    /// It depends on a name that has no value.
    case unknown(String)

    init(_ isTrue: Bool) {
        self = isTrue ? .yes : .no
    }

    static prefix func ! (truth: CloudFormationTruth) -> CloudFormationTruth {
        switch truth {
        case .yes: .no
        case .no: .yes
        case .unknown: truth
        }
    }
}

/// The functions of conditions.
extension CloudFormationResolver {
    /// Returns the value of a condition; nil if there is a fault.
    ///
    /// A part of a template may use a condition that it does not define, whose value is then a parameter.
    mutating func condition(_ name: String, usedAt path: String) -> CloudFormationTruth? {
        guard let place = names.condition(name) else {
            let given = reference(name, CloudFormationPlace(value: .string(name), path: path))
            switch given.flatMap(CloudFormationCoercion.text) {
            case "true": return .yes
            case "false": return .no
            default: return .unknown(name)
            }
        }
        let result = evaluated(place, "the condition `\(name)`", usedAt: path) { resolver, place in
            resolver.truth(place).map { .truth($0) }
        }
        guard case .truth(let truth) = result else { return nil }
        return truth
    }

    private mutating func truth(_ place: CloudFormationPlace) -> CloudFormationTruth? {
        guard let members = place.value.members, members.count == 1, let function = members.first else {
            faults.fault(place.path, "a condition must be one function, not \(place.value.kind)")
            return nil
        }
        let content = place.with(function.value)
        switch function.key {
        case "Condition":
            if let name = function.value.string { return condition(name, usedAt: place.path) }
            faults.fault(place.path, "Condition must be a name, not \(function.value.kind)")
            return nil
        case "Fn::Equals": return areEqual(content)
        case "Fn::Not": return truths(function.key, content, 1...1)?.first.map { !$0 }
        case "Fn::And":
            guard let all = truths(function.key, content, 1...10) else { return nil }
            return all.contains(.no) ? .no : all.first { $0 != .yes } ?? .yes
        case "Fn::Or":
            guard let all = truths(function.key, content, 1...10) else { return nil }
            return all.contains(.yes) ? .yes : all.first { $0 != .no } ?? .no
        default:
            let allowed = "Fn::Equals, Fn::And, Fn::Or, Fn::Not, Condition"
            faults.fault(place.path, "\(function.key) is not a function of conditions; allowed: \(allowed)")
            return nil
        }
    }

    private mutating func truths(_ function: String, _ place: CloudFormationPlace, _ count: ClosedRange<Int>)
        -> [CloudFormationTruth]?
    {
        guard let parts = arguments(of: function, place, count, "a list of conditions") else { return nil }
        var all: [CloudFormationTruth] = []
        for part in parts {
            guard let truth = truth(part) else { return nil }
            all.append(truth)
        }
        return all
    }

    private mutating func areEqual(_ place: CloudFormationPlace) -> CloudFormationTruth? {
        guard let parts = arguments(of: "Fn::Equals", place, 2...2, "[value, value]") else { return nil }
        let before = faults.diagnostics.count
        let values = parts.map { value($0).map(Self.comparable) }
        guard faults.diagnostics.count == before else { return nil }
        if values[0] == values[1] { return .yes }
        let unknown = values.lazy.compactMap { $0.flatMap(ParameterFilling.unfilled) }.first
        return unknown.map { .unknown($0) } ?? .no
    }

    private static func comparable(_ value: JSONValue) -> String {
        CloudFormationCoercion.text(value) ?? value.text()
    }
}
