import Foundation

/// Detects messages that look like an attack on a database behind a web form.
///
/// It takes the place of a web application firewall rule. Nothing here depends on it: no message ever becomes part of
/// an SQL statement. People may talk about SQL, so words alone do not count: the text must also break out of a quoted
/// string or a number (`' OR 1=1`, `1 UNION SELECT`, `'; DROP TABLE`, `'--`).
enum InjectionRule {
    static func matches(_ text: String) -> Bool {
        // Nearly all messages contain none of the marks, and a search for a byte is fast.
        let hasMark = text.utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            return marks.contains { memchr(start, Int32($0), bytes.count) != nil }
        }
        if hasMark == false { return false }
        let tokens = Self.tokens(text)
        var quotes = 0
        return tokens.indices.contains { index in
            if tokens[index] == .quote { quotes += 1 }
            return isAttack(tokens[index...], isOpen: !quotes.isMultiple(of: 2))
        }
    }

    /// Every attack contains at least one of these.
    private static let marks = Array("'\"0123456789".utf8)

    private enum Token: Equatable {
        case quote
        case word(String)
        case number(String)
        /// One of `= ; ( ) < > ,`, or one of the pairs `--` and `||`.
        case sign(String)
        case comment
    }

    /// The words that begin a second statement, and those that must follow; an empty set allows any.
    private static let statements: [String: Set<String>] = [
        "drop": ["table", "database", "schema", "view", "index", "user"], "delete": ["from"], "insert": ["into"],
        "alter": ["table", "database", "user"], "truncate": ["table"], "create": ["table", "user", "database"],
        "attach": ["database"], "waitfor": ["delay"], "exec": [], "execute": [], "shutdown": [], "declare": [],
    ]
    private static let functions: Set<String> = [
        "sleep", "benchmark", "pg_sleep", "xp_cmdshell", "load_file", "extractvalue", "updatexml", "load_extension",
    ]

    /// - Parameter isOpen: Whether the number of quotes up to and including the first token is odd, so that the quoted
    ///   text ends here.
    private static func isAttack(_ tokens: ArraySlice<Token>, isOpen: Bool) -> Bool {
        var rest = tokens.dropFirst()
        switch tokens.first {
        case .quote: break
        case .number:
            let ends: [Token?] = [nil, .comment, .sign("--"), .sign(";"), .quote]
            return isUnion(rest) || isTautology(rest) && ends.contains(rest.dropFirst(4).first)
        default: return false
        }
        rest = rest.drop { $0 == .sign(")") }
        switch rest.first {
        case .comment, .sign("--"): return isOpen
        case .sign(";"): return isStatement(rest.dropFirst())
        case .sign("||"), .word("or"), .word("and"): return isTautology(rest) || isCall(rest.dropFirst())
        case .word: return isUnion(rest)
        default: return false
        }
    }

    /// `drop table`, `update x set`.
    private static func isStatement(_ tokens: ArraySlice<Token>) -> Bool {
        let words = tokens.prefix(3).map { if case .word(let word) = $0 { word } else { "" } }
        guard let first = words.first else { return false }
        if first == "update" { return words.last == "set" }
        guard let following = statements[first] else { return tokens.first == .sign("--") }
        return following.isEmpty || words.count > 1 && following.contains(words[1])
    }

    /// `union select`, `union all select`.
    private static func isUnion(_ tokens: ArraySlice<Token>) -> Bool {
        var rest = tokens.drop { $0 == .comment || $0 == .sign(")") }
        guard rest.first == .word("union") else { return false }
        rest = rest.dropFirst().drop {
            $0 == .comment || $0 == .word("all") || $0 == .word("distinct") || $0 == .sign("(")
        }
        return rest.first == .word("select")
    }

    /// `or 1=1`, `or 'a'='a`, `and 1 like 1`, `or true`.
    private static func isTautology(_ tokens: ArraySlice<Token>) -> Bool {
        guard [.word("or"), .word("and"), .sign("||")].contains(tokens.first) else { return false }
        let rest = Array(
            tokens.dropFirst().lazy.filter { $0 != .quote && $0 != .comment && $0 != .sign("(") }.prefix(3)
        )
        guard rest.count == 3, [.sign("="), .sign("<"), .sign(">"), .word("like"), .word("is")].contains(rest[1]) else {
            return false
        }
        switch (rest[0], rest[2]) {
        case (.number(let a), .number(let b)): return a == b || rest[1] != .sign("=")
        case (.word(let a), .word(let b)): return a == b
        default: return false
        }
    }

    private static func isCall(_ tokens: ArraySlice<Token>) -> Bool {
        guard case .word(let name) = tokens.first, tokens.dropFirst().first == .sign("(") else { return false }
        return functions.contains(name)
    }

    private static func tokens(_ text: String) -> [Token] {
        let bytes = Array(text.utf8)
        var tokens: [Token] = []
        var position = 0
        func next(_ offset: Int = 1) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): tokens.append(.quote)
            case UInt8(ascii: "-") where next() == byte:
                tokens.append(.sign("--"))
                position += 1
            case UInt8(ascii: "|") where next() == byte:
                tokens.append(.sign("||"))
                position += 1
            case UInt8(ascii: "/") where next() == UInt8(ascii: "*"):
                tokens.append(.comment)
                while position < bytes.count, !(bytes[position] == UInt8(ascii: "*") && next() == UInt8(ascii: "/")) {
                    position += 1
                }
                position += 1
            case UInt8(ascii: "="), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: ","):
                tokens.append(.sign(String(UnicodeScalar(byte))))
            case _ where isWordByte(byte):
                let start = position
                while isWordByte(next()) { position += 1 }
                let word = String(decoding: bytes[start...position], as: UTF8.self).lowercased()
                tokens.append(word.utf8.allSatisfy(isDigit) ? .number(word) : .word(word))
            default: break
            }
            position += 1
        }
        return tokens
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_")
            || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            || byte >= 0x80
    }
}
