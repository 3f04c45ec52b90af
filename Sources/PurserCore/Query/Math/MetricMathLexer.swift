/// A token of a metric-math expression and the column where it begins.
struct MetricMathToken: Equatable {
    enum Kind: Equatable {
        case number(Double)
        /// The id of a metric, or the name of a function.
        case name(String)
        /// The text between double or single quotes.
        case string(String)
        /// An operator, a bracket or a comma.
        case symbol(String)
        case end
    }

    var kind: Kind
    var column: Int

    /// The token as error messages show it.
    var shown: String {
        switch kind {
        case .number(let value): "`\(value)`"
        case .name(let text), .symbol(let text): "`\(text)`"
        case .string(let text): "`\"\(text)\"`"
        case .end: "the end"
        }
    }
}

/// Splits a metric-math expression into tokens.
struct MetricMathLexer {
    private let text: [Character]
    private var position = 0

    // The longer ones come first, so that `<=` is not read as `<`.
    private static let symbols = [
        "<=", ">=", "==", "!=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",",
    ]

    static let quotes: [Character] = ["\"", "'"]

    init(_ text: String) {
        self.text = Array(text)
    }

    /// Returns the words of the text outside strings, each with its column; the rest of the text may be anything.
    mutating func words() -> [(text: String, column: Int)] {
        var words: [(text: String, column: Int)] = []
        while let character = next {
            let column = position + 1
            if Self.isNameStart(character) {
                if case .name(let text) = word() { words.append((text, column)) }
            } else if Self.isDigit(character) {
                _ = word()
            } else if Self.quotes.contains(character), (try? string(in: character)) != nil {
                continue
            } else {
                position += 1
            }
        }
        return words
    }

    /// Returns all tokens; the last one is the end token.
    mutating func tokens() throws(ExpressionError) -> [MetricMathToken] {
        var result: [MetricMathToken] = []
        while let character = next {
            if character.isWhitespace {
                position += 1
                continue
            }
            let column = position + 1
            result.append(MetricMathToken(kind: try kind(startingWith: character), column: column))
        }
        result.append(MetricMathToken(kind: .end, column: position + 1))
        return result
    }

    private mutating func kind(startingWith character: Character) throws(ExpressionError) -> MetricMathToken.Kind {
        if Self.isDigit(character) || character == "." { return .number(try number()) }
        if Self.isNameStart(character) { return word() }
        if Self.quotes.contains(character) { return .string(try string(in: character)) }
        for symbol in Self.symbols where text[position...].starts(with: symbol) {
            position += symbol.count
            switch symbol {
            case "&&": return .symbol("AND")
            case "||": return .symbol("OR")
            default: return .symbol(symbol)
            }
        }
        let hint = "‘’“”".contains(character) ? "; a string must be in straight quotes (\" or ')" : ""
        throw ExpressionError(column: position + 1, "`\(character)` is not part of an expression" + hint)
    }

    private mutating func string(in quote: Character) throws(ExpressionError) -> String {
        let start = position
        position += 1
        while let next, next != quote {
            position += 1
        }
        guard next != nil else { throw ExpressionError(column: start + 1, "the string has no closing `\(quote)`") }
        defer { position += 1 }
        return String(text[start + 1..<position])
    }

    private mutating func word() -> MetricMathToken.Kind {
        let start = position
        while let next, Self.isNameStart(next) || Self.isDigit(next) {
            position += 1
        }
        let word = String(text[start..<position])
        return word == "AND" || word == "OR" ? .symbol(word) : .name(word)
    }

    private mutating func number() throws(ExpressionError) -> Double {
        let start = position
        skipDigits()
        if next == "." {
            position += 1
            skipDigits()
        }
        if next == "e" || next == "E" {
            position += 1
            if next == "+" || next == "-" { position += 1 }
            skipDigits()
        }
        let written = String(text[start..<position])
        guard let value = Double(written), value.isFinite else {
            throw ExpressionError(column: start + 1, "`\(written)` is not a number")
        }
        return value
    }

    private mutating func skipDigits() {
        while let next, Self.isDigit(next) {
            position += 1
        }
    }

    private var next: Character? {
        position < text.count ? text[position] : nil
    }

    private static func isDigit(_ character: Character) -> Bool {
        ("0"..."9").contains(character)
    }

    private static func isNameStart(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("A"..."Z").contains(character) || character == "_"
    }
}
