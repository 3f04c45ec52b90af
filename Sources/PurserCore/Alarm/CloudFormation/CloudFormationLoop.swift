/// Fn::ForEach: `"Fn::ForEach::Name": [identifier, [value, …], {"Key${identifier}": …}]`.
///
/// Source: the CloudFormation reference of Fn::ForEach, which may be used among resources and conditions and in
/// properties, and within itself.
struct CloudFormationLoop {
    static let prefix = "Fn::ForEach"

    private let identifier: String
    /// The collection, whose functions are not resolved yet.
    let collection: JSONValue
    private let body: [JSONValue.Member]
    /// The length of the body's texts.
    let bytes: Int

    /// Returns nil if the content is not an identifier, a collection and an object.
    init?(_ content: JSONValue) {
        guard let parts = content.array, parts.count == 3, let identifier = parts[0].string, !identifier.isEmpty,
            let body = parts[2].members
        else { return nil }
        self.identifier = identifier
        collection = parts[1]
        self.body = body
        bytes = Self.bytes(parts[2])
    }

    private static func bytes(_ value: JSONValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .array(let values): values.reduce(1) { $0 + bytes($1) }
        case .object(let members): members.reduce(1) { $0 + $1.key.utf8.count + bytes($1.value) }
        default: 1
        }
    }

    /// Returns the members of the body for a value.
    func members(for text: String) -> [JSONValue.Member] {
        body.map { .init(filled($0.key, text), filled($0.value, text)) }
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
        guard string.utf8.contains(UInt8(ascii: "{")) else { return string }
        let plain = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return string.replacing("${\(identifier)}", with: text).replacing("&{\(identifier)}", with: plain)
    }
}

extension CloudFormationResolver {
    /// Returns the members of an object with every Fn::ForEach written out; those of a loop with a fault are left out.
    ///
    /// - Parameter most: The most members that the object may have if it has a loop.
    mutating func writtenOut(_ place: CloudFormationPlace, most: Int = .max) -> [JSONValue.Member] {
        let members = place.value.members ?? []
        guard members.contains(where: { $0.key.hasPrefix(CloudFormationLoop.prefix) }) else { return members }
        let plain = members.count { !$0.key.hasPrefix(CloudFormationLoop.prefix) }
        var out: [JSONValue.Member] = []
        var room = most - plain
        for member in members {
            guard member.key.hasPrefix(CloudFormationLoop.prefix) else {
                out.append(member)
                continue
            }
            let before = faults.diagnostics.count
            let loop = place.member(member)
            let written = writtenOut(loop, room: room)
            if written.count > room {
                faults.fault(loop.path, "results in more than \(most) of them, which is not allowed")
            }
            guard faults.diagnostics.count == before else { continue }
            room -= written.count
            out += written
        }
        return out
    }

    /// Returns the members of a loop, and of those within it; more than `room` if there are too many.
    private mutating func writtenOut(_ place: CloudFormationPlace, room: Int) -> [JSONValue.Member] {
        guard let loop = CloudFormationLoop(place.value) else {
            faults.fault(place.path, "Fn::ForEach must be [identifier, collection, object]")
            return []
        }
        guard let collection = value(CloudFormationPlace(value: loop.collection, path: place.path)) else { return [] }
        guard let values = collection.array?.compactMap(CloudFormationCoercion.text) else {
            if let name = collection.string.flatMap(ParameterFilling.unfilled) {
                faults.fault(place.path, "the parameter \(name) has no value; give --parameter \(name)=VALUE")
            } else {
                faults.fault(place.path, "Fn::ForEach: the collection must be a list, not \(collection.kind)")
            }
            return []
        }
        var out: [JSONValue.Member] = []
        for text in values {
            // A body without resources takes time, too.
            guard mayRepeat(loop.bytes + 100, place) else { return [] }
            for member in loop.members(for: text) {
                guard member.key.hasPrefix(CloudFormationLoop.prefix) else {
                    out.append(member)
                    continue
                }
                let inner = CloudFormationPlace(
                    value: member.value,
                    path: place.path + "." + member.key,
                    use: place.use
                )
                let before = faults.diagnostics.count
                out += writtenOut(inner, room: room - out.count)
                guard faults.diagnostics.count == before else { return [] }
            }
            if out.count > room { return out }
        }
        return out
    }
}
