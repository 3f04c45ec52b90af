/// CloudFormation's conversion of numbers and booleans to strings and back, as a property's type requires.
enum CloudFormationCoercion {
    private static let numbers: Set<String> = [
        "ActionsSuppressorExtensionPeriod", "ActionsSuppressorWaitPeriod", "DatapointsToAlarm", "EvaluationPeriods",
        "Period", "Threshold",
    ]
    private static let booleans: Set<String> = ["ActionsEnabled", "ReturnData"]
    private static let lists: Set<String> = ["AlarmActions", "InsufficientDataActions", "OKActions"]

    /// Returns an alarm's properties with every value converted to its property's type, if possible.
    static func coerced(_ properties: JSONValue) -> JSONValue {
        coerced(properties, key: "")
    }

    private static func coerced(_ value: JSONValue, key: String) -> JSONValue {
        switch value {
        case .object(let members): .object(members.map { .init($0.key, coerced($0.value, key: $0.key)) })
        case .array(let values): .array(values.map { coerced($0, key: "") })
        case .string(let text):
            if numbers.contains(key) {
                number(text) ?? value
            } else if booleans.contains(key) {
                boolean(text) ?? value
            } else if lists.contains(key) {
                .array([value])
            } else {
                value
            }
        default:
            numbers.contains(key) || booleans.contains(key) ? value : text(value).map(JSONValue.string) ?? value
        }
    }

    /// Returns a scalar as a string; nil for null, lists and objects.
    static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let value): String(value)
        case .number(let value): "\(value)"
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        guard let value = try? JSONValue(parsing: text), value.double != nil else { return nil }
        return value
    }

    private static func boolean(_ text: String) -> JSONValue? {
        switch text {
        case "true", "True", "TRUE": .bool(true)
        case "false", "False", "FALSE": .bool(false)
        default: nil
        }
    }
}
