package import PurserCore
import Yams

/// The error for text that is not supported YAML: where it is, and what is wrong there.
package struct YAMLSyntaxError: Error, Equatable, CustomStringConvertible {
    package let description: String

    fileprivate init(_ mark: Mark?, _ message: String) {
        description = mark.map { "line \($0.line), column \($0.column): \(message)" } ?? message
    }
}

extension JSONValue {
    /// Parses YAML documents; throws ``YAMLSyntaxError`` with the line and column of the fault.
    ///
    /// Each document has the line on which its content begins; empty ones are left out. Plain scalars are null, booleans
    /// and numbers if YAML 1.2 and JSON both say so (`yes`, `on`, `0x1F`, dates and numbers with a leading zero stay
    /// text). CloudFormation's short forms become their long ones: `!Ref x` is `{"Ref": "x"}`. Anchors, aliases, merge
    /// keys, other tags and duplicate keys are faults.
    package static func documents(yaml text: String) throws(YAMLSyntaxError) -> [(line: Int, value: JSONValue)] {
        do {
            let parser = try Parser(yaml: text)
            // Nodes hold their anchors weakly; the anchors live as long as the parser.
            return try withExtendedLifetime(parser) {
                var all: [(line: Int, value: JSONValue)] = []
                while let root = try parser.nextRoot() {
                    let value = try YAMLReader().value(root, depth: 0)
                    if value != .null { all.append((root.mark?.line ?? 1, value)) }
                }
                if all.isEmpty { throw YAMLSyntaxError(nil, "the text is empty") }
                return all
            }
        } catch let error as YAMLSyntaxError {
            throw error
        } catch let error as YamlError {
            throw YAMLSyntaxError(error)
        } catch {
            throw YAMLSyntaxError(nil, "\(error)")
        }
    }
}

extension YAMLSyntaxError {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(mark, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
            self.init(context.mark, "\(names) occurs twice in one mapping, first here")
        case .reader(let problem, _, _, _): self.init(nil, problem)
        default: self.init(nil, "\(error)")
        }
    }
}

private struct YAMLReader {
    private static let deepest = 128

    // CloudFormation's functions by their short forms; all but two of the long forms begin with `Fn::`.
    private static let functions = [
        "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "GetAtt",
        "GetAZs", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub",
        "ToJsonString", "Transform", "ValueOf", "ValueOfAll",
    ]
    private static let plainFunctions = ["Ref", "Condition"]

    func value(_ node: Node, depth: Int) throws(YAMLSyntaxError) -> JSONValue {
        guard depth < Self.deepest else { throw YAMLSyntaxError(node.mark, "more than \(Self.deepest) levels") }
        guard node.anchor == nil, node.alias == nil else {
            throw YAMLSyntaxError(node.mark, "anchors and aliases are not allowed; write the value out")
        }
        let function = try function(node)
        let content: JSONValue
        switch node {
        case .scalar(let scalar): content = function == nil ? try Self.scalar(scalar) : .string(scalar.string)
        case .sequence(let sequence): content = .array(try values(sequence, depth: depth))
        case .mapping(let mapping): content = try object(mapping, depth: depth)
        case .alias: throw YAMLSyntaxError(node.mark, "aliases are not allowed; write the value out")
        }
        return function.map { .object([.init($0, content)]) } ?? content
    }

    private func values(_ sequence: Node.Sequence, depth: Int) throws(YAMLSyntaxError) -> [JSONValue] {
        var values: [JSONValue] = []
        for node in sequence { values.append(try value(node, depth: depth + 1)) }
        return values
    }

    private func object(_ mapping: Node.Mapping, depth: Int) throws(YAMLSyntaxError) -> JSONValue {
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        for (keyNode, valueNode) in mapping {
            guard case .scalar(let key) = keyNode, keyNode.anchor == nil else {
                throw YAMLSyntaxError(keyNode.mark, "a key must be plain text")
            }
            if key.style == .plain, key.string == "<<" {
                throw YAMLSyntaxError(keyNode.mark, "merge keys are not allowed; write the members out")
            }
            guard keys.insert(key.string).inserted else {
                throw YAMLSyntaxError(keyNode.mark, "the key `\(key.string)` occurs twice in one mapping")
            }
            members.append(.init(key.string, try value(valueNode, depth: depth + 1)))
        }
        return .object(members)
    }

    /// Returns the long form of the function that a tag names; nil without a tag, or if it only restates the value's
    /// type.
    private func function(_ node: Node) throws(YAMLSyntaxError) -> String? {
        let tag = node.writtenTag
        let plain: [Tag.Name] = [.implicit, .nonSpecific, .str, .map, .seq, .int, .float, .bool, .null]
        guard !plain.contains(where: { $0.rawValue == tag }) else { return nil }
        let name = tag.drop { $0 == "!" }
        if Self.plainFunctions.contains(String(name)) { return String(name) }
        if Self.functions.contains(String(name)) { return "Fn::" + name }
        let allowed = (Self.plainFunctions + Self.functions).map { "!" + $0 }.joined(separator: ", ")
        throw YAMLSyntaxError(node.mark, "the tag `\(tag)` is not allowed; allowed: \(allowed)")
    }

    private static func scalar(_ scalar: Node.Scalar) throws(YAMLSyntaxError) -> JSONValue {
        let tag = scalar.tag.rawValue
        let typed: [Tag.Name] = [.int, .float, .bool, .null]
        if typed.contains(where: { $0.rawValue == tag }) {
            let value = plain(scalar.string)
            guard value.string == nil else {
                throw YAMLSyntaxError(scalar.mark, "`\(scalar.string)` is not a value of the type that its tag names")
            }
            return value
        }
        return scalar.style == .plain && tag.isEmpty ? plain(scalar.string) : .string(scalar.string)
    }

    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default:
            // A scalar that JSON reads as a number is a number.
            guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
                let value = try? JSONValue(parsing: text), value.double != nil
            else { return .string(text) }
            return value
        }
    }
}

extension Node {
    /// The tag as written; without one, ``Node/tag`` would return the default tag of YAML 1.1.
    fileprivate var writtenTag: String {
        switch self {
        case .scalar(let scalar): scalar.tag.rawValue
        case .sequence(let sequence): sequence.tag.rawValue
        case .mapping(let mapping): mapping.tag.rawValue
        case .alias: ""
        }
    }
}
