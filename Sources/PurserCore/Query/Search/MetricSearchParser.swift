/// Parses the query of a search. Lowest precedence first: OR, AND (which may be left out), NOT.
struct MetricSearchParser {
    private enum Token: Equatable {
        /// A word without quotes.
        case word(String)
        case quoted(String)
        case symbol(Character)
        case end

        var shown: String {
            switch self {
            case .word(let text): "`\(text)`"
            case .quoted(let text): "`\"\(text)\"`"
            case .symbol(let character): "`\(character)`"
            case .end: "the end"
            }
        }
    }

    private let text: [Character]
    private var position = 0
    private var token = Token.end
    /// Where the token begins, counted from 1.
    private var column = 1
    private var depth = 0

    private static let symbols: Set<Character> = ["(", ")", "{", "}", ",", "="]
    private static let deepest = 32

    init(_ text: String) {
        self.text = Array(text)
    }

    mutating func query() throws(ExpressionError) -> (MetricSearch.Schema?, MetricSearch.Term?) {
        try advance()
        let schema = try token == .symbol("{") ? schema() : nil
        // Both forms occur: with a comma after the schema, and without.
        if schema != nil { _ = try skip(",") }
        if schema != nil, token == .word("AND") { try advance() }
        guard token != .end else {
            if schema == nil { throw expected("a metric schema such as {Namespace,Dimension}, or a search term") }
            return (schema, nil)
        }
        let term = try alternatives(of: .any)
        guard token == .end else { throw expected("a search term or the end") }
        return (schema, term)
    }

    private mutating func schema() throws(ExpressionError) -> MetricSearch.Schema {
        try advance()
        let namespace = try name("a namespace")
        var dimensions: Set<String> = []
        while try skip(",") {
            dimensions.insert(try name("a dimension's name"))
        }
        guard try skip("}") else { throw expected("`,` or `}`") }
        return MetricSearch.Schema(namespace: namespace, dimensions: dimensions)
    }

    private mutating func name(_ what: String) throws(ExpressionError) -> String {
        switch token {
        case .word(let text), .quoted(let text):
            try advance()
            return text
        default: throw expected(what)
        }
    }

    private mutating func alternatives(of property: MetricSearch.Property) throws(ExpressionError) -> MetricSearch.Term
    {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw ExpressionError(column: column, "more than \(Self.deepest) levels of parentheses")
        }
        var terms = [try conjunction(of: property)]
        while token == .word("OR") {
            try advance()
            terms.append(try conjunction(of: property))
        }
        return terms.count == 1 ? terms[0] : .any(terms)
    }

    private mutating func conjunction(of property: MetricSearch.Property) throws(ExpressionError) -> MetricSearch.Term {
        var terms = [try single(of: property)]
        while token != .end, token != .symbol(")"), token != .word("OR") {
            if token == .word("AND") { try advance() }
            terms.append(try single(of: property))
        }
        return terms.count == 1 ? terms[0] : .all(terms)
    }

    private mutating func single(of property: MetricSearch.Property) throws(ExpressionError) -> MetricSearch.Term {
        switch token {
        case .word("NOT"):
            try advance()
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.deepest else {
                throw ExpressionError(column: column, "more than \(Self.deepest) times NOT")
            }
            return .not(try single(of: property))
        case .symbol("("):
            try advance()
            let inner = try alternatives(of: property)
            guard try skip(")") else { throw expected("`)`") }
            return inner
        case .word("AND"), .word("OR"): throw expected("a search term")
        case .word(let text), .quoted(let text):
            let (isQuoted, start) = (token == .quoted(text), column)
            try advance()
            if try skip("=") {
                guard property == .any else {
                    throw ExpressionError(column: start, "`\(text)=` is not allowed after another property")
                }
                return try single(of: Self.property(text))
            }
            if isQuoted { return .exact(property, text) }
            let tokens = SearchTokens(text)
            guard !tokens.parts.isEmpty else {
                throw ExpressionError(
                    column: start,
                    "`\(text)` has neither letters nor digits; put it in double quotes"
                )
            }
            return .partial(property, tokens)
        default: throw expected("a search term")
        }
    }

    private static func property(_ name: String) -> MetricSearch.Property {
        switch name {
        case "MetricName": return .metricName
        case "Namespace": return .namespace
        case ":aws.AccountId": return .account
        default: return .dimension(name)
        }
    }

    private func expected(_ what: String) -> ExpressionError {
        ExpressionError(column: column, "\(what) is expected, not \(token.shown)")
    }

    private mutating func skip(_ symbol: Character) throws(ExpressionError) -> Bool {
        guard token == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    /// Reads the next token.
    private mutating func advance() throws(ExpressionError) {
        while position < text.count, text[position].isWhitespace { position += 1 }
        column = position + 1
        guard position < text.count else {
            token = .end
            return
        }
        let character = text[position]
        if character == "\"" {
            token = .quoted(try quoted())
        } else if Self.symbols.contains(character) {
            position += 1
            token = .symbol(character)
        } else {
            let start = position
            while position < text.count, !text[position].isWhitespace, text[position] != "\"",
                !Self.symbols.contains(text[position])
            {
                position += 1
            }
            token = .word(String(text[start..<position]))
        }
    }

    /// Reads a text in double quotes, in which a backslash precedes `"`, `\`, `(` and `)`.
    private mutating func quoted() throws(ExpressionError) -> String {
        position += 1
        var out = ""
        while position < text.count, text[position] != "\"" {
            let isEscape = text[position] == "\\" && position + 1 < text.count
            if isEscape, ["\"", "\\", "(", ")"].contains(text[position + 1]) { position += 1 }
            out.append(text[position])
            position += 1
        }
        guard position < text.count else { throw ExpressionError(column: column, "the text has no closing `\"`") }
        position += 1
        return out
    }
}
