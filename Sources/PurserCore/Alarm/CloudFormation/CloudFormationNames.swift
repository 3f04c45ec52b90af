/// The names that a CloudFormation template refers to: parameters, resources, exports and pseudo parameters.
struct CloudFormationNames {
    /// What a name stands for.
    enum Meaning {
        case value(JSONValue)
        /// The resource's property that has the value.
        case property(JSONPlace)
        /// Nothing that is known before the stack exists, or a parameter without a value.
        case unknown
    }

    private let template: JSONValue
    private let parameters: [String: String]
    /// The alarms' names by logical id.
    var alarms: [String: String] = [:]

    init(_ template: JSONValue, parameters: [String: String]) {
        self.template = template
        self.parameters = parameters
    }

    /// Returns what Ref returns: the given value, the parameter's default, or the resource's name.
    func meaning(of name: String) -> Meaning {
        let parameter = template["Parameters"]?[name]
        let type = parameter?["Type"]?.string ?? "String"
        if let given = ParameterFilling.value(of: name, parameters) { return .value(Self.value(given, type)) }
        if let parameter {
            // The default of such a parameter is the key under which Systems Manager stores the value.
            guard !type.hasPrefix("AWS::SSM::"), let text = Self.text(parameter["Default"]) else { return .unknown }
            return .value(Self.value(text, type))
        }
        if let alarm = alarms[name] { return .value(.string(alarm)) }
        if let value = pseudoParameter(name) { return .value(.string(value)) }
        guard let type = template["Resources"]?[name]?["Type"]?.string, let key = Self.nameProperties[type] else {
            return .unknown
        }
        return property(key, of: name)
    }

    /// Returns what Fn::GetAtt returns: the given value, an alarm's ARN, or the property of the same name.
    func meaning(of attribute: String, in resource: String) -> Meaning {
        if let given = ParameterFilling.value(of: resource + "." + attribute, parameters) {
            return .value(.string(given))
        }
        if let alarm = alarms[resource], attribute == "Arn" { return .value(.string(arn(ofAlarm: alarm))) }
        return property(attribute, of: resource)
    }

    /// Returns the value that was given for the export of another stack.
    func meaning(ofExport name: String) -> Meaning {
        ParameterFilling.value(of: name, parameters).map { .value(.string($0)) } ?? .unknown
    }

    /// Returns the value of a map of the template; nil if it has no such keys.
    func mapped(_ map: String, _ first: String, _ second: String) -> JSONValue? {
        template["Mappings"]?[map]?[first]?[second]
    }

    /// Whether the template defines a map.
    func hasMap(_ map: String) -> Bool {
        template["Mappings"]?[map] != nil
    }

    /// Returns a condition of the template.
    func condition(_ name: String) -> JSONPlace? {
        template["Conditions"]?[name].map { JSONPlace(value: $0, path: "Conditions." + name) }
    }

    /// Whether the template declares a parameter.
    func declares(_ name: String) -> Bool {
        template["Parameters"]?[name] != nil
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

    private func property(_ key: String, of resource: String) -> Meaning {
        guard let value = template["Resources"]?[resource]?["Properties"]?[key] else { return .unknown }
        return .property(JSONPlace(value: value, path: "Resources.\(resource).Properties.\(key)"))
    }

    private func pseudoParameter(_ name: String) -> String? {
        let region = ParameterFilling.value(of: "AWS::Region", parameters) ?? ""
        return switch name {
        case "AWS::Partition":
            region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
        case "AWS::URLSuffix": region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        default: nil
        }
    }

    /// Returns an alarm's ARN; its name if the Region or the account is not known, which a rule accepts too.
    private func arn(ofAlarm name: String) -> String {
        guard let region = ParameterFilling.value(of: "AWS::Region", parameters),
            let account = ParameterFilling.value(of: "AWS::AccountId", parameters)
        else { return name }
        return AlarmHome(partition: pseudoParameter("AWS::Partition") ?? "aws", region: region, account: account)
            .arn(name)
    }

    private static func text(_ value: JSONValue?) -> String? {
        value.flatMap(CloudFormationCoercion.text)
    }

    private static func value(_ text: String, _ type: String) -> JSONValue {
        guard type == "CommaDelimitedList" || type.hasPrefix("List<") || type.contains("<List<") else {
            return .string(text)
        }
        let items = text.split(separator: ",", omittingEmptySubsequences: false)
        return .array(items.map { .string($0.trimmingSpaces()) })
    }
}
