/// Fn::ForEach among resources: `"Fn::ForEach::Name": [identifier, [value, …], {"Key${identifier}": …}]`.
struct CloudFormationLoop {
    private let identifier: String
    private let values: JSONValue
    private let body: [JSONValue.Member]

    /// Returns nil if the content is not an identifier, a collection and an object.
    init?(_ content: JSONValue) {
        guard let parts = content.array, parts.count == 3, let identifier = parts[0].string,
            let body = parts[2].members
        else { return nil }
        self.identifier = identifier
        values = parts[1]
        self.body = body
    }

    /// The collection, whose functions are not resolved yet.
    var collection: JSONValue { values }

    /// Returns the members of the body for each value.
    func members(for values: [String]) -> [JSONValue.Member] {
        values.flatMap { value in
            body.map { .init(filled($0.key, value), filled($0.value, value)) }
        }
    }

    private func filled(_ value: JSONValue, _ text: String) -> JSONValue {
        switch value {
        case .string(let string): .string(filled(string, text))
        case .array(let values): .array(values.map { filled($0, text) })
        case .object(let members):
            if members.count == 1, members[0].key == "Ref", members[0].value.string == identifier {
                .string(text)
            } else {
                .object(members.map { .init(filled($0.key, text), filled($0.value, text)) })
            }
        default: value
        }
    }

    /// `&{identifier}` leaves out the characters that a logical id cannot have.
    private func filled(_ string: String, _ text: String) -> String {
        let plain = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return string.replacing("${\(identifier)}", with: text).replacing("&{\(identifier)}", with: plain)
    }
}
