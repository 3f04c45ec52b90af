/// The meanings of the names that a CloudFormation template refers to.
struct CloudFormationNames {
    enum Meaning: Equatable {
        case value(JSONValue)
        /// A parameter of the template that has no value yet.
        case unfilled
        /// There is no value; the text says why, and what to do.
        case unknown(String)
    }

    private let declared: JSONValue
    private let parameters: [String: String]
    private let alarms: [String: String]

    /// `alarms` are the alarms' names by logical id.
    init(_ template: JSONValue, parameters: [String: String], alarms: [String: String]) {
        declared = template["Parameters"] ?? .object([])
        self.parameters = parameters
        self.alarms = alarms
    }

    /// Returns the given value, or else the default of the template's parameter, or else the name of one of its alarms.
    func meaning(of name: String) -> Meaning {
        let parameter = declared[name]
        let type = parameter?["Type"]?.string ?? "String"
        if let given = ParameterFilling.value(of: name, parameters) { return .value(Self.value(given, type)) }
        guard let parameter else {
            if let alarm = alarms[name] { return .value(.string(alarm)) }
            return .unknown("`\(name)` has no value; give --parameter \(name)=VALUE")
        }
        // The default of such a parameter is the key under which Systems Manager stores the value.
        if type.hasPrefix("AWS::SSM::") {
            return .unknown("`\(name)` is looked up in Systems Manager; give --parameter \(name)=VALUE")
        }
        guard let text = parameter["Default"].flatMap(CloudFormationCoercion.text) else { return .unfilled }
        return .value(Self.value(text, type))
    }

    private static func value(_ text: String, _ type: String) -> JSONValue {
        guard type == "CommaDelimitedList" || type.hasPrefix("List<") else { return .string(text) }
        let items = text.split(separator: ",", omittingEmptySubsequences: false)
        return .array(items.map { .string(String($0.trimmingSpaces())) })
    }
}

extension Substring {
    /// Returns the text without leading and trailing spaces.
    fileprivate func trimmingSpaces() -> Substring {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
