/// A JSON value whose objects keep the order of their members, because CloudWatch's messages have a fixed order.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: JSONValue

        /// The key, if it is ASCII, as all names of formats are; otherwise empty. Comparing it costs little, whatever
        /// the key is.
        package var name: String {
            key.utf8.allSatisfy { $0 < 0x80 } ? key : ""
        }

        /// The key in lower case, for a format whose readers may ignore case, also that of letters such as the Kelvin sign;
        /// empty if it is too long to be a name.
        package var lowercasedName: String {
            key.utf8.count <= 128 ? key.lowercased() : ""
        }

        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    package typealias Key = String
    package typealias Value = JSONValue

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    package init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    package init(stringLiteral value: String) {
        self = .string(value)
    }

    package init(integerLiteral value: Int) {
        self = .integer(value)
    }

    package init(floatLiteral value: Double) {
        self = .number(value)
    }

    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    package init(nilLiteral: ()) {
        self = .null
    }

    /// Creates a string from the text, or null if there is none.
    package init(_ text: String?) {
        self = text.map(JSONValue.string) ?? .null
    }

    /// Makes an object whose first member names its schema: `purser.NAME/1` is described in
    /// `docs/schemas/purser.NAME.1.json`.
    package init(schema: String, _ members: [Member]) {
        self = .object([Member("schema", .string(schema))] + members)
    }

    /// Makes an object whose first member names its schema, with the members in the order in which they are written.
    package init(schema: String, _ members: KeyValuePairs<String, JSONValue>) {
        self.init(schema: schema, members.map { Member($0.key, $0.value) })
    }
}

extension JSONValue {
    /// The value of a member; nil if this is not an object or has no such member.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.isSame(key) }?.value
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A number, whole or not, as a double.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// A whole number, even if it was written `3.0`.
    package var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    package var boolean: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The kind of this value, for error messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value on one line without spaces, with its members in order.
    package var description: String {
        text()
    }

    /// Returns the value as JSON text; `indented` puts every member on its own line.
    package func text(indented: Bool = false) -> String {
        String(decoding: utf8(indented: indented), as: UTF8.self)
    }

    /// Returns ``text(indented:)`` as UTF-8.
    package func utf8(indented: Bool = false) -> [UInt8] {
        var out: [UInt8] = []
        write(to: &out, indent: indented ? 0 : nil)
        return out
    }

    private func write(to out: inout [UInt8], indent: Int?) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .integer(let value): out += String(value).utf8
        case .number(let value): out += (value.isFinite ? JavaNumber.text(value) : "null").utf8
        case .string(let value): Self.writeQuoted(value, to: &out)
        case .array(let values):
            Self.writeList("[", "]", values, indent, to: &out) { value, inner, out in
                value.write(to: &out, indent: inner)
            }
        case .object(let members):
            Self.writeList("{", "}", members, indent, to: &out) { member, inner, out in
                Self.writeQuoted(member.key, to: &out)
                out += (inner == nil ? ":" : ": ").utf8
                member.value.write(to: &out, indent: inner)
            }
        }
    }

    private static func writeList<Item>(
        _ open: Unicode.Scalar,
        _ close: Unicode.Scalar,
        _ items: [Item],
        _ indent: Int?,
        to out: inout [UInt8],
        _ write: (Item, Int?, inout [UInt8]) -> Void
    ) {
        let inner = indent.map { $0 + 1 }
        out.append(UInt8(ascii: open))
        for (position, item) in items.enumerated() {
            if position > 0 { out.append(UInt8(ascii: ",")) }
            if let inner { breakLine(inner, to: &out) }
            write(item, inner, &out)
        }
        if let indent, !items.isEmpty { breakLine(indent, to: &out) }
        out.append(UInt8(ascii: close))
    }

    private static func breakLine(_ indent: Int, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\n"))
        out += repeatElement(UInt8(ascii: " "), count: 2 * indent)
    }

    /// Writes the text in quotes, copying runs of bytes that need no escape as a whole. It escapes quotes, backslashes,
    /// and everything that a terminal would act on when it shows the text: control characters, line separators and
    /// bidirectional overrides.
    private static func writeQuoted(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for position in 0..<bytes.count {
                let byte = bytes[position]
                if byte == 0xc2 || byte == 0xe2, let unsafe = unsafeScalar(bytes, at: position) {
                    out += bytes[start..<position]
                    start = position + unsafe.utf8.count
                    out += ("\\u" + String(unsafe.value, radix: 16).leftPadded(to: 4)).utf8
                    continue
                }
                guard byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f else { continue }
                out += bytes[start..<position]
                start = position + 1
                switch byte {
                case 0x22: out += "\\\"".utf8
                case 0x5c: out += "\\\\".utf8
                case 0x0a: out += "\\n".utf8
                case 0x0d: out += "\\r".utf8
                case 0x09: out += "\\t".utf8
                default: out += ("\\u" + String(byte, radix: 16).leftPadded(to: 4)).utf8
                }
            }
            out += bytes[start...]
        }
        out.append(UInt8(ascii: "\""))
    }

    /// Returns the scalar at a position of valid UTF-8 if a terminal would act on it. The byte there must be 0xc2,
    /// which begins two bytes, or 0xe2, which begins three.
    private static func unsafeScalar(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Unicode.Scalar? {
        let length = bytes[position] == 0xc2 ? 2 : 3
        // The payload bits of either first byte are 10.
        let value = bytes[(position + 1)..<(position + length)].reduce(0b10) { $0 << 6 | UInt32($1 & 0x3f) }
        return Unicode.Scalar(value).flatMap { $0.isUnsafeOnTerminals ? $0 : nil }
    }
}
