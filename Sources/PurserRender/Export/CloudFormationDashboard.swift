import PurserCore

/// A dashboard's body as a CloudFormation template with one AWS::CloudWatch::Dashboard.
///
/// `${Region}` and `${AccountId}` become CloudFormation's own; any other `${Name}` becomes a parameter of the template. The
/// fields of labels, such as `${MAX}`, are for CloudWatch, so CloudFormation must not replace them.
struct CloudFormationDashboard {
    let template: JSONValue

    init(_ body: JSONValue, name: String) {
        var parameters: Set<String> = []
        let text = Self.substituted(body, key: "", &parameters).text()
        var members: [JSONValue.Member] = [.init("AWSTemplateFormatVersion", "2010-09-09")]
        if !parameters.isEmpty {
            members.append(
                .init("Parameters", .object(parameters.sorted().map { .init($0, ["Type": "String"]) }))
            )
        }
        let resource: JSONValue = [
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": ["DashboardName": .string(name), "DashboardBody": ["Fn::Sub": .string(text)]],
        ]
        members.append(.init("Resources", ["Dashboard": resource]))
        template = .object(members)
    }

    private static let own = ["Region": "AWS::Region", "AccountId": "AWS::AccountId"]

    private static func substituted(_ value: JSONValue, key: String, _ parameters: inout Set<String>) -> JSONValue {
        switch value {
        case .string(let text): return .string(substituted(text, isLabel: key == "label", &parameters))
        case .array(let values): return .array(values.map { substituted($0, key: key, &parameters) })
        case .object(let members):
            return .object(members.map { .init($0.key, substituted($0.value, key: $0.key, &parameters)) })
        default: return value
        }
    }

    private static func substituted(_ text: String, isLabel: Bool, _ parameters: inout Set<String>) -> String {
        var out = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let name = String(rest[start.upperBound..<end])
            out += rest[..<start.lowerBound]
            let isField = isLabel && (try? MetricDataLabel("${\(name)}")) != nil
            if let own = own[name] {
                out += "${\(own)}"
            } else if name.hasPrefix("AWS::") {
                out += "${\(name)}"
            } else if !isField, !name.isEmpty, name.utf8.allSatisfy({ isAlphanumeric($0) }) {
                parameters.insert(name)
                out += "${\(name)}"
            } else {
                out += "${!\(name)}"
            }
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }

    /// The names of parameters have letters and digits only.
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
