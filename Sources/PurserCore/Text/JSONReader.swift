/// An error in JSON text: where it is and what was expected there.
package struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

extension JSONValue {
    /// Reads one JSON text (RFC 8259); throws ``JSONSyntaxError`` with the line and column of the fault.
    ///
    /// Keeps the order of members, rejects a key that is given twice in one object, and accepts at most 128 levels of
    /// nesting. Foundation's readers do none of that, and on Linux they do not report where a fault is.
    ///
    /// - Parameter mostValues: The most values that are accepted, also within others: a value takes up to 112 bytes of
    ///   memory, and its text may have two.
    package init(parsing text: String, mostValues: Int = .max) throws(JSONSyntaxError) {
        var reader = JSONReader(text, mostValues: mostValues)
        self = try reader.wholeText()
    }
}

extension JSONValue {
    /// Reads one JSON text in which a key may be given again in one object: the last value holds.
    ///
    /// - Returns: The value, and a message about each of those keys, with the line and column.
    package static func tolerating(
        repeatedKeysIn text: String
    ) throws(JSONSyntaxError) -> (value: JSONValue, repeated: [JSONSyntaxError]) {
        var reader = JSONReader(text, mostValues: .max)
        reader.toleratesRepeatedKeys = true
        return (try reader.wholeText(), reader.repeated)
    }

    /// Reads any number of JSON texts one after another, each with the line on which it begins.
    package static func documents(parsing text: String) throws(JSONSyntaxError) -> [(line: Int, value: JSONValue)] {
        var reader = JSONReader(text, mostValues: .max)
        return try reader.allTexts()
    }
}

private struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var values = 0
    private let mostValues: Int
    var toleratesRepeatedKeys = false
    private(set) var repeated: [JSONSyntaxError] = []

    private static let deepest = 128
    /// The most repeated keys that are reported.
    private static let mostRepeated = 20

    init(_ text: String, mostValues: Int) {
        bytes = Array(text.utf8)
        self.mostValues = mostValues
    }

    mutating func wholeText() throws(JSONSyntaxError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == bytes.count else {
            throw fault("the text should end here, not continue with \(shownCharacter)")
        }
        return value
    }

    mutating func allTexts() throws(JSONSyntaxError) -> [(line: Int, value: JSONValue)] {
        var all: [(line: Int, value: JSONValue)] = []
        var (line, counted) = (1, 0)
        repeat {
            skipSpace()
            line += bytes[counted..<position].count { $0 == 0x0a }
            counted = position
            all.append((line, try value()))
            skipSpace()
        } while next == UInt8(ascii: "{") || next == UInt8(ascii: "[")
        guard position == bytes.count else {
            throw fault("the text should end here, not continue with \(shownCharacter)")
        }
        return all
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        values += 1
        guard values <= mostValues else { throw fault("the text should have at most \(mostValues) values") }
        switch next ?? 0 {
        case UInt8(ascii: "{"): return try nested { (reader) throws(JSONSyntaxError) in try reader.object() }
        case UInt8(ascii: "["): return try nested { (reader) throws(JSONSyntaxError) in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: break
        }
        for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
        where bytes[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw expected("a value")
    }

    private mutating func nested(
        _ body: (inout JSONReader) throws(JSONSyntaxError) -> JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        depth += 1
        guard depth <= Self.deepest else { throw fault("more than \(Self.deepest) levels") }
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONValue {
        var members: [JSONValue.Member] = []
        var keys: Set<ExactText> = []
        skipSpace()
        if skip("}") { return .object([]) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw expected("a key in quotes") }
            let start = position
            let key = try string()
            if !keys.insert(ExactText(key)).inserted {
                let fault = fault("the key `\(key)` occurs twice in one object", at: start)
                guard toleratesRepeatedKeys else { throw fault }
                if repeated.count < Self.mostRepeated { repeated.append(fault) }
                members.removeAll { ExactText($0.key) == ExactText(key) }
            }
            skipSpace()
            guard skip(":") else { throw expected("`:`") }
            members.append(.init(key, try value()))
            skipSpace()
        } while skip(",")
        guard skip("}") else { throw expected("`,` or `}`") }
        return .object(members)
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONValue {
        var values: [JSONValue] = []
        skipSpace()
        if skip("]") { return .array([]) }
        repeat {
            values.append(try value())
            skipSpace()
        } while skip(",")
        guard skip("]") else { throw expected("`,` or `]`") }
        return .array(values)
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        var isWhole = true
        _ = skip("-")
        if !skip("0") { try digits() }
        if skip(".") {
            isWhole = false
            try digits()
        }
        if skip("e") || skip("E") {
            isWhole = false
            if !skip("-") { _ = skip("+") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw fault("\(text) is too large a number", at: start) }
        return .number(value)
    }

    /// The most combining marks in a row. Comparing and hashing a text takes a time that grows with the square of that
    /// number; no language needs more than a few.
    private static let mostMarks = 100

    private static func hasLongMarks(_ text: String) -> Bool {
        guard text.utf8.count > mostMarks, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        var marks = 0
        for scalar in text.unicodeScalars {
            // The first combining mark is U+0300.
            let isMark = scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
            marks = isMark ? marks + 1 : 0
            if marks > mostMarks { return true }
        }
        return false
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        if position == start { throw expected("a digit") }
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        var out: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                let text = String(decoding: out, as: UTF8.self)
                if Self.hasLongMarks(text) { throw fault("more than \(Self.mostMarks) combining marks in a row") }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                out += try escape().utf8
            case 0..<0x20:
                throw fault("a control character must be written as an escape")
            default:
                out.append(byte)
                position += 1
            }
        }
        throw expected("`\"`")
    }

    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        guard let byte = next else { throw expected("an escape") }
        let scalar: Unicode.Scalar
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = Unicode.Scalar(byte)
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{c}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"):
            position += 1
            return try codePoint()
        default: throw fault("`\\\(String(decoding: [byte], as: UTF8.self))` is not an escape")
        }
        position += 1
        return scalar
    }

    /// Reads what follows `\u`: four digits, or a surrogate pair in two such escapes.
    private mutating func codePoint() throws(JSONSyntaxError) -> Unicode.Scalar {
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xdc00, skip("\\"), skip("u") else { throw fault("half a surrogate pair") }
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
        else { throw fault("half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        var value: UInt32 = 0
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4 else { throw expected("four hexadecimal digits") }
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(digit - UInt8(ascii: "A") + 10)
            default: throw expected("four hexadecimal digits")
            }
        }
        position += 4
        return value
    }

    private var next: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == character.value else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let next, next == 0x20 || next == 0x0a || next == 0x0d || next == 0x09 {
            position += 1
        }
    }

    private func expected(_ what: String) -> JSONSyntaxError {
        fault("\(what) is expected, " + (next == nil ? "but the text ends" : "not \(shownCharacter)"))
    }

    /// The character at the position, for messages.
    private var shownCharacter: String {
        let text = String(decoding: bytes[position...].prefix(16), as: UTF8.self)
        return text.first.map { "`\($0)`" } ?? "the end"
    }

    private func fault(_ message: String, at place: Int? = nil) -> JSONSyntaxError {
        let before = bytes[..<(place ?? position)]
        let line = before.count { $0 == 0x0a } + 1
        let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).count + 1
        return JSONSyntaxError(description: "line \(line), column \(column): \(message)")
    }
}
