/// Reads one resource of a CloudFormation template.
struct CloudFormationResource {
    private(set) var alarm: CloudFormationTemplate.Alarm?
    /// Why the resource is passed over, if a person may expect it to be watched.
    private(set) var note: Diagnostic?

    private let file: String

    // The other kinds of the same service, none of which has a metric or a rule that could be evaluated here.
    private static let others = [
        "AWS::CloudWatch::AlarmMuteRule": "a mute rule, which is not applied here; the alarms it mutes send messages",
        "AWS::CloudWatch::LogAlarm": "an alarm on log queries, which is not watched here",
    ]

    /// Reads a resource; its faults are the resolver's, and without an alarm if there are any.
    init(_ resource: JSONPlace, _ logicalId: String, _ resolver: inout CloudFormationResolver) {
        file = resolver.faults.file
        read(resource, logicalId, &resolver)
        if !resolver.faults.diagnostics.isEmpty { alarm = nil }
    }

    private mutating func read(_ resource: JSONPlace, _ logicalId: String, _ resolver: inout CloudFormationResolver) {
        guard resource.value.members != nil else {
            resolver.faults.fault(resource.path, "must be an object, not \(resource.value.kind)")
            return
        }
        guard let type = resolver.faults.text(resource, "Type", isRequired: true, length: 1...255) else { return }
        if let what = Self.others[type] {
            note = Diagnostic(file: file, key: resource.path, what)
            return
        }
        guard type == CloudFormationTemplate.metricType || type == CloudFormationTemplate.compositeType else {
            // An alarm must not be dropped silently because its type is misspelt.
            let lower = type.lowercased()
            if lower.hasPrefix("aws::cloud"), lower.contains("alarm") {
                let allowed = "\(CloudFormationTemplate.metricType), \(CloudFormationTemplate.compositeType)"
                resolver.faults.fault(
                    resource.path(of: "Type"),
                    "`\(type)` is not a type of alarm; allowed: \(allowed)"
                )
            }
            return
        }
        resolver.faults.checkKeys(
            of: resource,
            supported: [
                "Type", "Properties", "Condition", "DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy",
                "UpdatePolicy", "CreationPolicy",
            ],
            of: "a resource"
        )
        let (exists, needs) = existence(resource, &resolver)
        guard exists else { return }
        guard let properties = resolver.faults.object(resource, "Properties", isRequired: true) else { return }
        checkType(type, properties, &resolver.faults)
        let before = resolver.faults.diagnostics.count
        let resolved = resolver.value(CloudFormationPlace(value: properties.value, path: properties.path))
        // A property that could not be resolved must not be reported as missing too.
        guard resolver.faults.diagnostics.count == before, case .object(var members)? = resolved else { return }
        let name = JSONValue.string(resolver.alarmName(logicalId))
        if let index = members.firstIndex(where: { $0.key == "AlarmName" }) {
            members[index].value = name
        } else {
            members.insert(.init("AlarmName", name), at: 0)
        }
        alarm = CloudFormationTemplate.Alarm(
            input: CloudFormationCoercion.coerced(resolver.withDynamicReferences(.object(members))),
            place: properties.path,
            conditionNeeds: needs,
            actionNames: resolver.actionNames
        )
    }

    /// Returns whether the resource's condition lets it exist, and the name without a value that this depends on.
    private mutating func existence(
        _ resource: JSONPlace,
        _ resolver: inout CloudFormationResolver
    ) -> (Bool, String?) {
        guard resource.has("Condition") else { return (true, nil) }
        guard let name = resolver.faults.text(resource, "Condition", length: 1...255) else { return (true, nil) }
        switch resolver.condition(name, usedAt: resource.path(of: "Condition")) {
        case nil, .yes?: return (true, nil)
        case .unknown(let name)?: return (true, name)
        case .no?:
            note = Diagnostic(file: file, key: resource.path, "left out: its condition `\(name)` is false")
            return (false, nil)
        }
    }

    /// Checks the presence of AlarmRule, which distinguishes the two types when their properties are read.
    private func checkType(_ type: String, _ properties: JSONPlace, _ faults: inout DefinitionReader) {
        if type == CloudFormationTemplate.metricType, properties.has("AlarmRule") {
            faults.fault(
                properties.path(of: "AlarmRule"),
                "is allowed only in \(CloudFormationTemplate.compositeType)"
            )
        } else if type == CloudFormationTemplate.compositeType, !properties.has("AlarmRule") {
            faults.fault(properties.path(of: "AlarmRule"), "is missing; a string is needed")
        }
    }
}
