/// Reads the alarms of a CloudFormation template, as the inputs of put-metric-alarm and put-composite-alarm.
///
/// Source: the CloudFormation reference of AWS::CloudWatch::Alarm and AWS::CloudWatch::CompositeAlarm, whose properties
/// have the names of those commands' parameters. An alarm without AlarmName is named by its logical id, because the
/// name that CloudFormation would generate is not known before the stack exists; so is one whose AlarmName needs a
/// value that is not known.
struct CloudFormationTemplate {
    static let metricType = "AWS::CloudWatch::Alarm"
    static let compositeType = "AWS::CloudWatch::CompositeAlarm"
    /// CloudFormation's own limit.
    private static let mostResources = 500

    /// An alarm's input, with every function resolved, and its place in the template.
    struct Alarm: Equatable {
        var input: JSONValue
        /// `Resources.LogicalId.Properties`
        var place: String
        /// The name without a value that decides whether the alarm exists; nil if that is known.
        var conditionNeeds: String?
        /// The given parameters that each action was made of.
        var actionNames: [String: Set<String>] = [:]
    }

    struct Content {
        var alarms: [Alarm] = []
        var unreadable: [UnreadableAlarm] = []
        var passedOver: [Diagnostic] = []
        /// The names of the alarms whose kind is not watched here.
        var otherKinds: Set<String> = []
        /// The names whose value would change what the alarms are.
        var usedNames: Set<String> = []
    }

    private let file: String
    private let root: JSONValue
    private let resources: JSONPlace
    /// Whether the file is one resource, whose place needs no logical id.
    private let isOneResource: Bool
    private let parameters: [String: String]

    /// Creates a reader of a template, of some of its resources, or of one resource; nil if the content is none of them.
    init?(_ file: AlarmFile, parameters: [String: String] = [:]) {
        self.file = file.name
        self.parameters = parameters
        if let value = file.content["Resources"] {
            root = file.content
            resources = JSONPlace(value: value, path: "Resources")
            isOneResource = false
            return
        }
        let content = file.content
        isOneResource = content["Type"]?.string?.hasPrefix("AWS::") == true
        if isOneResource {
            resources = JSONPlace(value: .object([.init(Self.logicalId(of: file.name), content)]), path: "")
        } else if let members = content.members, !members.isEmpty,
            members.allSatisfy({ $0.value["Type"]?.string?.hasPrefix("AWS::") == true })
        {
            resources = JSONPlace(value: content, path: "")
        } else {
            return nil
        }
        root = .object([.init("Resources", resources.value)])
    }

    /// Returns the file's name without its folder and ending, for an alarm outside a template that has no name.
    private static func logicalId(of file: String) -> String {
        let name = file.split(separator: "/").last ?? ""
        return String(name.prefix { $0 != "." })
    }

    /// Returns the alarms that could be read, the faults of the others, and what is not read.
    func read() -> Content {
        var content = Content()
        guard resources.value.members != nil else {
            let fault = Diagnostic(
                file: file,
                key: resources.path,
                "must be an object, not \(resources.value.kind)"
            )
            content.unreadable = [UnreadableAlarm(file: file, kind: .file, faults: [fault])]
            return content
        }
        var resolver = CloudFormationResolver(
            names: CloudFormationNames(root, parameters: parameters),
            file: file
        )
        let members = writtenOut(&resolver, &content)
        for member in members {
            let path = isOneResource ? "" : resources.path(of: member.key)
            let resource = CloudFormationResource(
                JSONPlace(value: member.value, path: path),
                member.key,
                &resolver
            )
            content.alarms += [resource.alarm].compactMap(\.self)
            content.passedOver += [resource.note].compactMap(\.self)
            let isAlarm = CloudFormationNames.isAlarm(member.value)
            let name = isAlarm ? resolver.alarmName(member.key) : nil
            addFaults(of: path, name: name ?? member.key, &resolver, &content)
            if let name, !Self.isAlarm(member.value) { content.otherKinds.insert(name) }
        }
        let properties = members.filter { Self.isAlarm($0.value) }.compactMap { $0.value["Properties"] }
        content.usedNames = resolver.asked.union(resolver.names.parameters)
            .union(properties.flatMap(CloudFormationResolver.references))
        return content
    }

    static func isAlarm(_ resource: JSONValue) -> Bool {
        resource["Type"]?.string == metricType || resource["Type"]?.string == compositeType
    }

    /// Writes out every Fn::ForEach among the conditions and the resources, and returns the resources.
    private func writtenOut(_ resolver: inout CloudFormationResolver, _ content: inout Content) -> [JSONValue.Member] {
        let conditions = CloudFormationPlace(value: root["Conditions"] ?? .null, path: "Conditions")
        resolver.names.conditions = CloudFormationNames.byName(resolver.writtenOut(conditions))
        addFaults(of: conditions.path, &resolver, &content)
        let place = CloudFormationPlace(value: resources.value, path: resources.path)
        let members = resolver.writtenOut(place, most: Self.mostResources)
        addFaults(of: place.path, &resolver, &content)
        for member in members where member.key.hasPrefix("Fn::") {
            let path = place.member(member).path
            resolver.faults.fault(path, "generates resources, which is not supported here; write them out")
            addFaults(of: path, &resolver, &content)
        }
        let plain = members.filter { !$0.key.hasPrefix("Fn::") }
        resolver.names.resources = CloudFormationNames.byName(plain)
        return plain
    }

    /// Moves the resolver's faults to the content, as those of what is at a place; `name` is the alarm's.
    private func addFaults(
        of place: String,
        name: String? = nil,
        _ resolver: inout CloudFormationResolver,
        _ content: inout Content
    ) {
        let faults = resolver.takeFaults()
        if faults.isEmpty { return }
        content.unreadable.append(UnreadableAlarm(file: file, place: place, name: name, faults: faults))
    }
}
