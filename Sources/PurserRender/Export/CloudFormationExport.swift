package import PurserCore

/// Alarms as one CloudFormation template.
package enum CloudFormationExport {
    /// The most resources that CloudFormation allows in a template.
    package static let mostResources = 500

    /// Returns the template: a resource for every alarm, in the order of their names, and a parameter for every
    /// `${Name}` that has no value.
    ///
    /// Composite alarms depend on the resources of the alarms that they name. Throws ``JSONSyntaxError`` if an alarm's
    /// canonical text is not JSON, which cannot happen with an alarm that was read from a file.
    package static func template(_ alarms: [AlarmDefinition]) throws(JSONSyntaxError) -> JSONValue {
        let alarms = alarms.sorted { $0.name < $1.name }
        var inputs: [JSONValue] = []
        for alarm in alarms { inputs.append(try JSONValue(parsing: alarm.canonicalJSON)) }
        var ids = LogicalIds()
        let parameters = Set(inputs.flatMap(names)).sorted()
        let parameterIds = Dictionary(uniqueKeysWithValues: parameters.map { ($0, ids.parameterId(for: $0)) })
        let alarmIds = Dictionary(uniqueKeysWithValues: alarms.map { ($0.name, ids.id(for: $0.name)) })
        let resources = zip(alarms, inputs).map { alarm, input -> JSONValue.Member in
            .init(alarmIds[alarm.name] ?? "", resource(alarm, input, alarmIds, parameterIds))
        }
        var members: [JSONValue.Member] = [
            .init("AWSTemplateFormatVersion", "2010-09-09"), .init("Description", "Alarms, exported by Purser"),
        ]
        if !parameters.isEmpty {
            let declared = parameterIds.values.sorted().map { JSONValue.Member($0, ["Type": "String"]) }
            members.append(.init("Parameters", .object(declared)))
        }
        members.append(.init("Resources", .object(resources)))
        return .object(members)
    }

    // CloudWatch itself fills in a label's ${…}, and people read a description's.
    private static let plainKeys = ["AlarmDescription", "Label"]

    private static func names(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): ReferringText.names(text)
        case .array(let values): values.flatMap(names)
        default: (value.members ?? []).filter { !plainKeys.contains($0.key) }.map(\.value).flatMap(names)
        }
    }

    /// Returns the value with Ref and Fn::Sub in the place of names without a value.
    private static func referring(_ value: JSONValue, _ parameterIds: [String: String]) -> JSONValue {
        switch value {
        case .string(let text): ReferringText.value(text, parameterIds)
        case .array(let values): .array(values.map { referring($0, parameterIds) })
        case .object(let members):
            .object(
                members.map {
                    plainKeys.contains($0.key) ? $0 : .init($0.key, referring($0.value, parameterIds))
                }
            )
        default: value
        }
    }

    private static func resource(
        _ alarm: AlarmDefinition,
        _ input: JSONValue,
        _ alarmIds: [String: String],
        _ parameterIds: [String: String]
    ) -> JSONValue {
        var isComposite = false
        if case .composite = alarm.rule { isComposite = true }
        let type = isComposite ? "AWS::CloudWatch::CompositeAlarm" : "AWS::CloudWatch::Alarm"
        var members: [JSONValue.Member] = [.init("Type", .string(type))]
        let needed = alarm.alarmReferences.compactMap { alarmIds[$0] }.sorted()
        if !needed.isEmpty { members.append(.init("DependsOn", .array(needed.map(JSONValue.string)))) }
        members.append(.init("Properties", referring(input, parameterIds)))
        return .object(members)
    }
}

/// A text with `${Name}` in it, as Ref or Fn::Sub.
private enum ReferringText {
    /// Returns the names that a parameter of the template gives a value.
    static func names(_ text: String) -> [String] {
        pieces(text).compactMap { if case .name(let name) = $0, !name.hasPrefix("AWS::") { name } else { nil } }
    }

    /// Returns the parts of a text, with CloudFormation's dynamic references as plain text.
    private static func pieces(_ text: String) -> [AlarmParameter.Piece] {
        AlarmParameter.pieces(of: text).map { piece in
            if case .name(let name) = piece, name.hasPrefix("resolve:") { .text("{{\(name)}}") } else { piece }
        }
    }

    static func value(_ text: String, _ ids: [String: String]) -> JSONValue {
        let pieces = pieces(text)
        let isPlain = pieces.allSatisfy { if case .text = $0 { true } else { false } }
        if isPlain {
            return .string(pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined())
        }
        if case .name(let name)? = pieces.first, pieces.count == 1 { return ["Ref": .string(ids[name] ?? name)] }
        let template = pieces.map { piece in
            switch piece {
            case .name(let name): "${\(ids[name] ?? name)}"
            // The exclamation mark keeps Fn::Sub from reading this text as a name.
            case .text(let text): text.replacing("${", with: "${!")
            }
        }
        return ["Fn::Sub": .string(template.joined())]
    }
}

/// Makes unique logical ids of letters and digits.
private struct LogicalIds {
    private var taken: Set<String> = []
    private static let longest = 200

    /// Returns `ErrorRate` for `error-rate`; a second alarm with that id becomes `ErrorRate2`.
    mutating func id(for name: String) -> String {
        let words = name.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined().prefix(Self.longest)
        return free(joined.isEmpty ? "Alarm" : String(joined))
    }

    /// Returns the parameter's own name if it has only letters and digits.
    mutating func parameterId(for name: String) -> String {
        let isAllowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isAllowed ? free(name) : id(for: name)
    }

    private mutating func free(_ wanted: String) -> String {
        var (id, number) = (wanted, 1)
        while !taken.insert(id).inserted {
            number += 1
            id = wanted + String(number)
        }
        return id
    }
}
