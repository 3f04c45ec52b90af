/// The names that a CloudFormation template refers to: parameters, resources, exports and pseudo parameters.
struct CloudFormationNames {
    /// What a name refers to.
    enum Meaning {
        case value(JSONValue)
        /// The resource's property that has the value.
        case property(CloudFormationPlace)
        /// The name of an alarm, by its logical id.
        case alarmName(String)
        case alarmARN(String)
        /// Nothing that is known before the stack exists, or a parameter without a value.
        case unknown
    }

    private let given: [String: String]
    private let declared: [String: JSONValue]
    private let maps: JSONValue?
    /// The conditions and resources by name, with every Fn::ForEach written out.
    var conditions: [String: JSONValue] = [:]
    var resources: [String: JSONValue] = [:]

    init(_ template: JSONValue, parameters: [String: String]) {
        given = parameters
        declared = Self.byName(template["Parameters"]?.members ?? [])
        maps = template["Mappings"]
    }

    /// Returns the members by key; of two with the same key, the first.
    static func byName(_ members: [JSONValue.Member]) -> [String: JSONValue] {
        Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// Returns what Ref and Fn::GetAtt (`Resource.Attribute`) return.
    ///
    /// That is the given value, a parameter's default, an alarm's name or ARN, or another resource's property.
    func meaning(of name: String) -> Meaning {
        let type = declared[name]?["Type"]?.string ?? "String"
        if let value = ParameterFilling.value(of: name, given) { return .value(Self.value(value, type)) }
        if let parameter = declared[name] {
            // The default of such a parameter is the key under which Systems Manager stores the value.
            guard !type.hasPrefix("AWS::SSM::"), let text = parameter["Default"].flatMap(CloudFormationCoercion.text)
            else { return .unknown }
            return .value(Self.value(text, type))
        }
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return meaning(ofReference: name) }
        if isAlarm(parts[0]), parts[1] == "Arn" { return .alarmARN(parts[0]) }
        return property(parts[1], of: parts[0]).map { .property($0) } ?? .unknown
    }

    private func meaning(ofReference name: String) -> Meaning {
        if isAlarm(name) { return .alarmName(name) }
        if let value = pseudoParameter(name) { return .value(.string(value)) }
        guard let type = resources[name]?["Type"]?.string, let key = Self.nameProperties[type] else { return .unknown }
        return property(key, of: name).map { .property($0) } ?? .unknown
    }

    /// Returns the value that was given for a name which is not the template's: an export or a dynamic reference.
    func value(ofForeign name: String) -> JSONValue? {
        ParameterFilling.value(of: name, given).map { .string($0) }
    }

    /// Returns a resource's property; nil if the template does not set it.
    func property(_ key: String, of resource: String) -> CloudFormationPlace? {
        guard let value = resources[resource]?["Properties"]?[key] else { return nil }
        return CloudFormationPlace(value: value, path: "Resources.\(resource).Properties.\(key)")
    }

    /// Returns the value of a map of the template; nil if it has no such keys.
    func mapped(_ map: String, _ first: String, _ second: String) -> JSONValue? {
        maps?[map]?[first]?[second]
    }

    /// Whether the template defines a map.
    func hasMap(_ map: String) -> Bool {
        maps?[map] != nil
    }

    /// Returns a condition of the template.
    func condition(_ name: String) -> CloudFormationPlace? {
        conditions[name].map { CloudFormationPlace(value: $0, path: "Conditions." + name) }
    }

    /// The names of the template's parameters.
    var parameters: Set<String> { Set(declared.keys) }

    /// Returns an alarm's ARN; its name if the Region or the account is not known, which a rule accepts too.
    func arn(ofAlarm name: String) -> String {
        guard let region = ParameterFilling.value(of: "AWS::Region", given),
            let account = ParameterFilling.value(of: "AWS::AccountId", given)
        else { return name }
        return AlarmHome(partition: pseudoParameter("AWS::Partition") ?? "aws", region: region, account: account)
            .arn(name)
    }

    // The types whose Ref is the name that one of their properties sets.
    private static let nameProperties = [
        "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName", "AWS::CodeBuild::Project": "Name",
        "AWS::DynamoDB::GlobalTable": "TableName", "AWS::DynamoDB::Table": "TableName",
        "AWS::ECS::Cluster": "ClusterName", "AWS::ElastiCache::CacheCluster": "ClusterName",
        "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId", "AWS::Events::Rule": "Name",
        "AWS::Kinesis::Stream": "Name", "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
        "AWS::Lambda::Function": "FunctionName", "AWS::Logs::LogGroup": "LogGroupName",
        "AWS::RDS::DBCluster": "DBClusterIdentifier", "AWS::RDS::DBInstance": "DBInstanceIdentifier",
        "AWS::Redshift::Cluster": "ClusterIdentifier", "AWS::S3::Bucket": "BucketName",
        "AWS::Serverless::Function": "FunctionName", "AWS::Serverless::SimpleTable": "TableName",
    ]

    private func isAlarm(_ name: String) -> Bool {
        resources[name].map(Self.isAlarm) ?? false
    }

    /// Whether a resource is an alarm, also of a kind that is not watched here.
    static func isAlarm(_ resource: JSONValue) -> Bool {
        CloudFormationTemplate.isAlarm(resource) || resource["Type"]?.string == "AWS::CloudWatch::LogAlarm"
    }

    /// Whether a value was given for a name.
    func isGiven(_ name: String) -> Bool {
        ParameterFilling.value(of: name, given) != nil
    }

    private func pseudoParameter(_ name: String) -> String? {
        let region = ParameterFilling.value(of: "AWS::Region", given) ?? ""
        return switch name {
        case "AWS::Partition":
            region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
        case "AWS::URLSuffix": region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        default: nil
        }
    }

    private static func value(_ text: String, _ type: String) -> JSONValue {
        guard type == "CommaDelimitedList" || type.hasPrefix("List<") || type.contains("<List<") else {
            return .string(text)
        }
        let items = text.split(separator: ",", omittingEmptySubsequences: false)
        return .array(items.map { .string($0.trimmingSpaces()) })
    }
}
