/// Reads the alarms of a CloudFormation template, as the inputs of put-metric-alarm and put-composite-alarm.
///
/// Source: the CloudFormation reference of AWS::CloudWatch::Alarm and AWS::CloudWatch::CompositeAlarm, whose properties
/// have the names of those commands' parameters. An alarm without AlarmName is named by its logical id, because the
/// name that CloudFormation would generate is not known before the stack exists.
struct CloudFormationTemplate {
    static let metricType = "AWS::CloudWatch::Alarm"
    static let compositeType = "AWS::CloudWatch::CompositeAlarm"

    /// An alarm's input, with every function resolved, and its place in the template.
    struct Alarm: Equatable {
        var input: JSONValue
        /// `Resources.LogicalId.Properties`
        var place: String
    }

    private let file: AlarmFile
    private let parameters: [String: String]

    init(_ file: AlarmFile, parameters: [String: String] = [:]) {
        self.file = file
        self.parameters = parameters
    }

    /// Returns the alarms that could be read, and the faults of the others.
    func read() -> (alarms: [Alarm], diagnostics: [Diagnostic]) {
        var faults = DefinitionReader(file: file.name)
        let root = JSONPlace(value: file.content, path: "")
        guard let resources = faults.object(root, "Resources") else { return ([], faults.diagnostics) }
        if root.has("Parameters") { _ = faults.object(root, "Parameters") }
        let names = CloudFormationNames(
            file.content,
            parameters: parameters,
            alarms: alarmNames(resources.value)
        )
        var alarms: [Alarm] = []
        for member in resources.value.members ?? [] {
            let place = JSONPlace(value: member.value, path: resources.path(of: member.key))
            if member.key.hasPrefix("Fn::") {
                faults.fault(place.path, "generates resources, which is not supported here; write them out")
            } else if let alarm = alarm(member.key, place, names, &faults) {
                alarms.append(alarm)
            }
        }
        return (alarms, faults.diagnostics)
    }

    /// The names that the template's alarms refer to by Ref and Fn::Sub.
    var referencedNames: Set<String> {
        let alarms = (file.content["Resources"]?.members ?? []).map(\.value).filter(Self.isAlarm)
        return Set(alarms.flatMap { CloudFormationResolver.references(in: $0["Properties"] ?? .null) })
    }

    private static func isAlarm(_ resource: JSONValue) -> Bool {
        resource["Type"]?.string == metricType || resource["Type"]?.string == compositeType
    }

    /// Returns the alarm names that Ref resolves to, by logical id; names that need more than parameters are left out.
    private func alarmNames(_ resources: JSONValue) -> [String: String] {
        var names: [String: String] = [:]
        let parameters = CloudFormationNames(file.content, parameters: parameters, alarms: [:])
        for member in resources.members ?? [] where Self.isAlarm(member.value) {
            guard let name = member.value["Properties"]?["AlarmName"] else {
                names[member.key] = member.key
                continue
            }
            // Faults of a name are reported when the alarm itself is read.
            var resolver = CloudFormationResolver(names: parameters, faults: DefinitionReader(file: file.name))
            let resolved = resolver.value(JSONPlace(value: name, path: "AlarmName"))
            names[member.key] = resolved.flatMap(CloudFormationCoercion.text)
        }
        return names
    }

    private func alarm(
        _ logicalId: String,
        _ resource: JSONPlace,
        _ names: CloudFormationNames,
        _ faults: inout DefinitionReader
    ) -> Alarm? {
        guard resource.value.members != nil else {
            faults.fault(resource.path, "must be an object, not \(resource.value.kind)")
            return nil
        }
        guard let type = faults.text(resource, "Type", isRequired: true, length: 1...255) else { return nil }
        guard Self.isAlarm(resource.value) else {
            // An alarm must not be dropped silently because its type is misspelt.
            let lower = type.lowercased()
            if lower.hasPrefix("aws::cloud"), lower.contains("alarm"), type != "AWS::CloudWatch::AlarmMuteRule" {
                let allowed = "\(Self.metricType), \(Self.compositeType)"
                faults.fault(resource.path(of: "Type"), "`\(type)` is not a type of alarm; allowed: \(allowed)")
            }
            return nil
        }
        faults.checkKeys(
            of: resource,
            supported: [
                "Type", "Properties", "DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy",
                "CreationPolicy",
            ],
            unsupported: ["Condition": "conditions, which decide whether the alarm exists, are"],
            of: "a resource"
        )
        guard let properties = faults.object(resource, "Properties", isRequired: true) else { return nil }
        checkType(type, properties, &faults)
        let before = faults.diagnostics.count
        var resolver = CloudFormationResolver(names: names, faults: faults)
        let resolved = resolver.value(properties)
        faults = resolver.faults
        // A property that could not be resolved must not be reported as missing too.
        guard faults.diagnostics.count == before, case .object(var members)? = resolved else { return nil }
        if !properties.has("AlarmName") { members.insert(.init("AlarmName", .string(logicalId)), at: 0) }
        return Alarm(input: CloudFormationCoercion.coerced(.object(members)), place: properties.path)
    }

    /// Checks the presence of AlarmRule, which distinguishes the two types when their properties are read.
    private func checkType(_ type: String, _ properties: JSONPlace, _ faults: inout DefinitionReader) {
        if type == Self.metricType, properties.has("AlarmRule") {
            faults.fault(properties.path(of: "AlarmRule"), "is allowed only in \(Self.compositeType)")
        } else if type == Self.compositeType, !properties.has("AlarmRule") {
            faults.fault(properties.path(of: "AlarmRule"), "is missing; a string is needed")
        }
    }
}
