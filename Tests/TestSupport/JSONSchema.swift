package import PurserCore

/// A JSON Schema (2020-12) with the few keywords that `docs/schemas` uses.
///
/// Any other keyword is an error when the schema is read, so that no constraint is ignored.
package struct JSONSchema: Sendable {
    /// A schema that cannot be used, with the place of the fault.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// The result of checking a value against a schema.
    package struct Verdict: Sendable, Equatable {
        /// The faults, with their places in the value.
        package var faults: [String] = []
        /// The parts of the schema that some part of the value was checked against, as JSON pointers.
        package var met: Set<String> = []
    }

    private static let annotations: Set<String> = ["$schema", "$id", "title", "description"]
    private static let types: Set<String> = ["null", "boolean", "integer", "number", "string", "array", "object"]

    private let root: JSONValue
    /// The schemas of list elements, as JSON pointers.
    package private(set) var items: Set<String> = []

    package init(_ root: JSONValue) throws {
        self.root = root
        try check(root, at: "#")
    }

    /// Reads the schema of a file of the repository.
    package init(file path: String) throws {
        do {
            try self.init(JSONValue(parsing: try Repository.text(path)))
        } catch let fault as Fault {
            throw Fault(description: "\(path): \(fault)")
        }
    }

    /// Checks a value against the schema.
    package func verdict(on value: JSONValue) -> Verdict {
        var verdict = Verdict()
        validate(value, root, at: "$", "#", &verdict)
        return verdict
    }

    /// Returns the value of `properties.NAME.const`.
    package func constant(of property: String) -> JSONValue? {
        root["properties"]?[property]?["const"]
    }

    // MARK: - Reading

    private mutating func check(_ schema: JSONValue, at place: String) throws {
        func require(_ condition: Bool, _ message: String) throws {
            if !condition { throw Fault(description: "\(place): \(message)") }
        }
        guard let members = schema.members else { throw Fault(description: "\(place): a schema must be an object") }
        // A reader needs to know which members are always present, and which others may be.
        if schema["properties"] != nil {
            let isClosed = schema["additionalProperties"] != nil && schema["required"] != nil
            try require(isClosed, "an object must say which members it requires and which others it may have")
        }
        for member in members {
            let (key, value) = (member.key, member.value)
            switch key {
            case _ where Self.annotations.contains(key): try require(value.string != nil, "\(key) must be a string")
            case "type": try require(Self.names(value).isSubset(of: Self.types), "\(value) is not a type")
            case "const": break
            case "enum": try require(value.array?.isEmpty == false, "enum must be a non-empty list of values")
            case "minimum": try require(value.double != nil, "minimum must be a number")
            case "pattern": _ = try Regex(value.string ?? "")
            case "$ref": try require(target(value) != nil, "\(value) leads nowhere")
            case "required":
                let known = Set(schema["properties"]?.members?.map(\.key) ?? [])
                try require(Self.names(value).isSubset(of: known), "required names members that properties lacks")
            case "properties", "$defs":
                for part in value.members ?? [] { try check(part.value, at: "\(place)/\(key)/\(part.key)") }
            case "anyOf":
                for (index, part) in (value.array ?? []).enumerated() { try check(part, at: "\(place)/anyOf/\(index)") }
            case "items":
                items.insert(place + "/items")
                try check(value, at: place + "/items")
            case "additionalProperties":
                if value != false { try check(value, at: place + "/additionalProperties") }
            default: throw Fault(description: "\(place): the keyword \(key) is not supported")
            }
        }
    }

    /// Returns the string, or the strings in a list.
    private static func names(_ value: JSONValue) -> Set<String> {
        Set(value.array?.map { $0.string ?? "" } ?? [value.string ?? ""])
    }

    private func target(_ reference: JSONValue) -> JSONValue? {
        guard let text = reference.string, text.hasPrefix("#/$defs/") else { return nil }
        return root["$defs"]?[String(text.dropFirst("#/$defs/".count))]
    }

    // MARK: - Validating

    private func validate(
        _ value: JSONValue,
        _ schema: JSONValue,
        at path: String,
        _ place: String,
        _ verdict: inout Verdict
    ) {
        verdict.met.insert(place)
        func fault(_ message: String) {
            verdict.faults.append("\(path): \(message)")
        }
        if let type = schema["type"], !Self.names(type).contains(where: { Self.isOf($0, value) }) {
            fault("\(value.kind), and not of the type \(type)")
        }
        if let constant = schema["const"], value != constant { fault("\(value), and not \(constant)") }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) { fault("\(value) is not allowed") }
        if let minimum = schema["minimum"]?.double, let number = value.double, number < minimum {
            fault("\(value) is less than \(minimum)")
        }
        if let pattern = schema["pattern"]?.string, let text = value.string,
            (try? Regex(pattern).firstMatch(in: text)) == nil
        {
            fault("\(value) does not match \(pattern)")
        }
        if let reference = schema["$ref"], let target = target(reference) {
            validate(value, target, at: path, reference.string ?? "", &verdict)
        }
        validateParts(of: value, schema, at: path, place, &verdict)
    }

    private func validateParts(
        of value: JSONValue,
        _ schema: JSONValue,
        at path: String,
        _ place: String,
        _ verdict: inout Verdict
    ) {
        if let alternatives = schema["anyOf"]?.array {
            let verdicts = alternatives.enumerated().map { index, part -> Verdict in
                var verdict = Verdict()
                validate(value, part, at: path, "\(place)/anyOf/\(index)", &verdict)
                return verdict
            }
            let fitting = verdicts.filter(\.faults.isEmpty)
            if fitting.isEmpty { verdict.faults += verdicts.flatMap(\.faults) }
            fitting.forEach { verdict.met.formUnion($0.met) }
        }
        if let element = schema["items"] {
            for (index, part) in (value.array ?? []).enumerated() {
                validate(part, element, at: "\(path)[\(index)]", place + "/items", &verdict)
            }
        }
        guard let members = value.members else { return }
        let missing = (schema["required"]?.array ?? []).compactMap(\.string).filter { value[$0] == nil }
        verdict.faults += missing.map { "\(path): \($0) is missing" }
        for member in members {
            if let property = schema["properties"]?[member.key] {
                validate(
                    member.value,
                    property,
                    at: "\(path).\(member.key)",
                    "\(place)/properties/\(member.key)",
                    &verdict
                )
            } else if let others = schema["additionalProperties"] {
                if others == false {
                    verdict.faults.append("\(path): \(member.key) is not a key here")
                } else {
                    validate(
                        member.value,
                        others,
                        at: "\(path).\(member.key)",
                        place + "/additionalProperties",
                        &verdict
                    )
                }
            }
        }
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .integer: type == "integer" || type == "number"
        case .number: type == "number" || type == "integer" && value.integer != nil
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
