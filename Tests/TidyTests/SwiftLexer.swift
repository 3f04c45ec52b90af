/// A word or punctuation mark of Swift code, and the line that it is on.
struct SwiftToken: Equatable {
    let text: String
    let line: Int

    var isWord: Bool {
        guard let first = text.utf8.first else { return false }
        return SwiftLexer.isWord(first)
    }
}

/// Splits Swift into words and marks, without comments.
///
/// A string or a regular expression becomes the one mark `""`, followed by the words that it interpolates.
struct SwiftLexer {
    private static let marks = (0...UInt8.max).map { String(UnicodeScalar($0)) }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [SwiftToken] = []

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    static func tokens(_ text: String) -> [SwiftToken] {
        var lexer = SwiftLexer(text)
        lexer.lex(untilParenthesis: false)
        return lexer.tokens
    }

    /// Whether a name can contain the byte, digits included: a number is a word that is not the name of anything.
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }

    /// Reads to the end of the text, or past the parenthesis that closes an interpolation.
    private mutating func lex(untilParenthesis: Bool) {
        var depth = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\n") {
                line += 1
                position += 1
            } else if byte <= UInt8(ascii: " ") || byte == UInt8(ascii: "`") {
                position += 1
            } else if starts("//") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            } else if Self.isWord(byte) {
                let start = position
                while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
                tokens.append(SwiftToken(text: String(decoding: bytes[start..<position], as: UTF8.self), line: line))
            } else if !skipString() && !skipRegex() {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                position += 1
                if untilParenthesis, depth < 0 { return }
                tokens.append(SwiftToken(text: Self.marks[Int(byte)], line: line))
            }
        }
    }

    private func starts(_ text: StaticString, at offset: Int = 0) -> Bool {
        let start = position + offset
        guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
    }

    /// Returns the number of `#` here.
    private func hashes(at offset: Int = 0) -> Int {
        bytes[min(position + offset, bytes.count)...].prefix { $0 == UInt8(ascii: "#") }.count
    }

    /// Skips a string of any kind, if one starts here.
    private mutating func skipString() -> Bool {
        let hashes = hashes()
        guard starts("\"", at: hashes) else { return false }
        // Three quotes open a multiline string only at the end of a line: `#""""#` is a string of two quotes.
        let quotes = starts("\"\"\"\n", at: hashes) ? 3 : 1
        tokens.append(SwiftToken(text: "\"\"", line: line))
        position += hashes + quotes
        while position < bytes.count {
            let isEnd = quotes == 3 ? starts("\"\"\"") : starts("\"")
            if isEnd, self.hashes(at: quotes) >= hashes {
                position += quotes + hashes
                return true
            }
            if bytes[position] == UInt8(ascii: "\\"), self.hashes(at: 1) >= hashes {
                position += 1 + hashes
                if starts("(") {
                    position += 1
                    lex(untilParenthesis: true)
                    continue
                }
            }
            if starts("\n") { line += 1 }
            position += 1
        }
        return true
    }

    /// Skips a one-line regular expression if one starts here: a value is expected, and no space follows.
    private mutating func skipRegex() -> Bool {
        let hashes = hashes()
        guard starts("/", at: hashes), !starts(" ", at: hashes + 1), !starts("\n", at: hashes + 1),
            hashes > 0 || ["(", ",", "=", ":", "[", "{", "return"].contains(tokens.last?.text ?? "=")
        else { return false }
        var end = position + hashes + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
            if bytes[end] == UInt8(ascii: "/"), self.hashes(at: end + 1 - position) >= hashes {
                tokens.append(SwiftToken(text: "\"\"", line: line))
                position = end + 1 + hashes
                return true
            }
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        return false
    }
}
