/// Reads the alarms of a CloudFormation template, as the inputs of put-metric-alarm and put-composite-alarm.
///
/// Source: the CloudFormation reference of AWS::CloudWatch::Alarm and AWS::CloudWatch::CompositeAlarm, whose properties
/// have the names of those commands' parameters. An alarm without AlarmName is named by its logical id, because the
/// name that CloudFormation would generate is not known before the stack exists; so is one whose AlarmName needs a
/// value that is not known.
struct CloudFormationTemplate {
    static let metricType = "AWS::CloudWatch::Alarm"
    static let compositeType = "AWS::CloudWatch::CompositeAlarm"

    /// An alarm's input, with every function resolved, and its place in the template.
    struct Alarm: Equatable {
        var input: JSONValue
        /// `Resources.LogicalId.Properties`
        var place: String
        /// The name without a value that decides whether the alarm exists; nil if that is known.
        var conditionNeeds: String?
    }

    struct Content {
        var alarms: [Alarm] = []
        var unreadable: [UnreadableAlarm] = []
        var passedOver: [Diagnostic] = []
        /// The names that were looked up.
        var asked: Set<String> = []
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

    /// Returns the file's name without its folder and ending, which names an alarm that stands alone and has no name.
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
            content.unreadable = [UnreadableAlarm(file: file, place: "", faults: [fault])]
            return content
        }
        var names = CloudFormationNames(root, parameters: parameters)
        let members = written(names, &content)
        names.alarms = alarmNames(members, names, &content)
        for member in members {
            let path = isOneResource ? "" : resources.path(of: member.key)
            let place = JSONPlace(value: member.value, path: path)
            var reading = CloudFormationResource(names, file: file)
            reading.read(member.key, place)
            content.asked.formUnion(reading.resolver.asked)
            content.alarms += [reading.alarm].compactMap(\.self)
            content.passedOver += [reading.note].compactMap(\.self)
            let faults = reading.resolver.faults.diagnostics
            if !faults.isEmpty {
                content.unreadable.append(UnreadableAlarm(file: file, place: place.path, faults: faults))
            }
        }
        return content
    }

    /// Whether a value for the name would change what the template's alarms are.
    func uses(_ name: String) -> Bool {
        if CloudFormationNames(root, parameters: [:]).declares(name) || read().asked.contains(name) { return true }
        let alarms = (resources.value.members ?? []).map(\.value).filter(Self.isAlarm)
        return alarms.contains { CloudFormationResolver.references(in: $0["Properties"] ?? .null).contains(name) }
    }

    private static func isAlarm(_ resource: JSONValue) -> Bool {
        resource["Type"]?.string == metricType || resource["Type"]?.string == compositeType
    }

    /// Returns the resources with every Fn::ForEach written out.
    private func written(_ names: CloudFormationNames, _ content: inout Content) -> [JSONValue.Member] {
        (resources.value.members ?? []).flatMap { member -> [JSONValue.Member] in
            guard member.key.hasPrefix("Fn::") else { return [member] }
            let path = resources.path(of: member.key)
            var resolver = CloudFormationResolver(names: names, faults: DefinitionReader(file: file))
            if member.key.hasPrefix("Fn::ForEach"), let loop = CloudFormationLoop(member.value) {
                let values = resolver.value(JSONPlace(value: loop.collection, path: path))
                content.asked.formUnion(resolver.asked)
                if let texts = values?.array?.compactMap(CloudFormationCoercion.text) {
                    return loop.members(for: texts)
                }
                if let name = values?.string.flatMap(ParameterFilling.unfilled) {
                    resolver.faults.fault(path, "the parameter \(name) has no value; give --parameter \(name)=VALUE")
                }
            }
            if resolver.faults.diagnostics.isEmpty {
                resolver.faults.fault(path, "generates resources, which is not supported here; write them out")
            }
            content.unreadable.append(
                UnreadableAlarm(file: file, place: path, faults: resolver.faults.diagnostics)
            )
            return []
        }
    }

    /// Returns the alarm names that Ref resolves to, by logical id.
    private func alarmNames(
        _ members: [JSONValue.Member],
        _ names: CloudFormationNames,
        _ content: inout Content
    ) -> [String: String] {
        var found: [String: String] = [:]
        for member in members where Self.isAlarm(member.value) {
            found[member.key] = member.key
            guard let name = member.value["Properties"]?["AlarmName"] else { continue }
            // Faults of a name are reported when the alarm itself is read.
            var resolver = CloudFormationResolver(names: names, faults: DefinitionReader(file: file))
            let resolved = resolver.value(JSONPlace(value: name, path: "AlarmName"))
            content.asked.formUnion(resolver.asked)
            if let text = resolved.flatMap(CloudFormationCoercion.text), ParameterFilling.unfilled(in: text) == nil {
                found[member.key] = text
            }
        }
        return found
    }
}
