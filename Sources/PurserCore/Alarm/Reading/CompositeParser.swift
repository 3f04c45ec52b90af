/// Parses a composite alarm's rule into a tree. Lowest precedence first: OR, AND, NOT.
struct CompositeParser {
    private enum Kind: Equatable {
        /// A bare word: an operator, a state, a name or a number.
        case word(String)
        /// A name in quotation marks.
        case quoted(String)
        /// `(`, `)` or `,`.
        case symbol(Character)
        case end
    }

    private struct Token {
        var kind: Kind
        var column: Int
    }

    private var tokens: [Token] = []
    private var position = 0
    private var depth = 0

    // The tree is walked recursively, so its height is limited. 500 elements is CloudWatch's own limit.
    private static let deepest = 64
    private static let mostElements = 500
    private static let longestName = 1600

    init(_ text: String) throws(ExpressionError) {
        let characters = Array(text)
        var index = 0
        while index < characters.count {
            let (character, column) = (characters[index], index + 1)
            if character.isWhitespace {
                index += 1
            } else if "(),".contains(character) {
                tokens.append(Token(kind: .symbol(character), column: column))
                index += 1
            } else if character == "\"" {
                let name = try Self.quoted(characters, &index)
                tokens.append(Token(kind: .quoted(name), column: column))
            } else {
                var word = ""
                while index < characters.count, !characters[index].isWhitespace, !"(),".contains(characters[index]) {
                    word.append(characters[index])
                    index += 1
                }
                tokens.append(Token(kind: .word(word), column: column))
            }
        }
        tokens.append(Token(kind: .end, column: characters.count + 1))
    }

    /// Reads the text between quotation marks; `\` escapes a quotation mark or itself.
    private static func quoted(_ text: [Character], _ index: inout Int) throws(ExpressionError) -> String {
        let column = index + 1
        var name = ""
        index += 1
        while index < text.count, text[index] != "\"" {
            if text[index] == "\\", index + 1 < text.count, "\"\\".contains(text[index + 1]) { index += 1 }
            name.append(text[index])
            index += 1
        }
        guard index < text.count else { throw ExpressionError(column: column, "the `\"` is never closed") }
        index += 1
        return name
    }

    /// Parses the whole rule; anything left over is an error.
    mutating func wholeRule() throws(ExpressionError) -> CompositeNode {
        let elements = tokens.count { if case .word = $0.kind { true } else { false } }
        guard elements <= Self.mostElements else {
            throw ExpressionError(
                column: 1,
                "has \(elements) elements; at most \(Self.mostElements) are allowed"
            )
        }
        let node = try disjunction()
        guard token.kind == .end else { throw expected("AND, OR or the end") }
        return node
    }

    private mutating func disjunction() throws(ExpressionError) -> CompositeNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw ExpressionError(column: token.column, "more than \(Self.deepest) levels of parentheses")
        }
        var left = try conjunction()
        while skip(word: "OR") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(ExpressionError) -> CompositeNode {
        var left = try negation()
        while skip(word: "AND") { left = .and(left, try negation()) }
        return left
    }

    private mutating func negation() throws(ExpressionError) -> CompositeNode {
        var isNegated = false
        while skip(word: "NOT") { isNegated.toggle() }
        let node = try operand()
        return isNegated ? .not(node) : node
    }

    private mutating func operand() throws(ExpressionError) -> CompositeNode {
        if skip(symbol: "(") {
            let inner = try disjunction()
            guard skip(symbol: ")") else { throw expected("`)`") }
            return inner
        }
        if skip(word: "TRUE") { return .constant(true) }
        if skip(word: "FALSE") { return .constant(false) }
        if skip(word: "AT_LEAST") { return try atLeast() }
        if let state = takeState() {
            guard skip(symbol: "(") else { throw expected("`(` and an alarm's name") }
            let name = try name()
            guard skip(symbol: ")") else { throw expected("`)`") }
            return .state(state, name: name)
        }
        throw expected("ALARM(name), OK(name), INSUFFICIENT_DATA(name), AT_LEAST(…), TRUE, FALSE, NOT or `(`")
    }

    /// Parses the part after AT_LEAST: `(2, ALARM, (a, b))`, `(50%, NOT OK, (a, b))`.
    private mutating func atLeast() throws(ExpressionError) -> CompositeNode {
        guard skip(symbol: "(") else { throw expected("`(`") }
        let quorumColumn = token.column
        let quorum = try quorum()
        guard skip(symbol: ",") else { throw expected("`,` and a state") }
        let isNegated = skip(word: "NOT")
        guard let state = takeState() else {
            throw expected("ALARM, OK or INSUFFICIENT_DATA, optionally preceded by NOT,")
        }
        guard skip(symbol: ",") else { throw expected("`,` and the alarms in brackets") }
        guard skip(symbol: "(") else { throw expected("the alarms in brackets") }
        var names: [String] = []
        repeat {
            let column = token.column
            let name = try name()
            guard !names.contains(name) else {
                throw ExpressionError(column: column, "the alarm `\(name)` is given twice in AT_LEAST")
            }
            names.append(name)
        } while skip(symbol: ",")
        guard skip(symbol: ")") else { throw expected("`,` or `)`") }
        guard skip(symbol: ")") else { throw expected("`)`") }
        if case .count(let needed) = quorum, needed > names.count {
            let message = "AT_LEAST requires \(needed) of \(names.count) alarms; 1 to \(names.count) are allowed"
            throw ExpressionError(column: quorumColumn, message)
        }
        return .atLeast(quorum, state, isNegated: isNegated, names: names)
    }

    private mutating func quorum() throws(ExpressionError) -> CompositeNode.Quorum {
        let text: String
        switch token.kind {
        case .word(let word), .quoted(let word): text = word
        case .symbol, .end: throw expected("a number or a percentage")
        }
        let isPercent = text.hasSuffix("%")
        guard let value = Int(isPercent ? String(text.dropLast()) : text), value > 0, !isPercent || value <= 100 else {
            throw expected("a number from 1 or a percentage from 1% to 100%")
        }
        position += 1
        return isPercent ? .percent(value) : .count(value)
    }

    private mutating func name() throws(ExpressionError) -> String {
        let text: String
        switch token.kind {
        case .word(let word): text = word
        case .quoted(let name): text = name
        case .symbol, .end: throw expected("an alarm's name")
        }
        guard (1...Self.longestName).contains(text.utf16.count) else {
            throw ExpressionError(column: token.column, "a name must be 1 to \(Self.longestName) characters long")
        }
        position += 1
        return AlarmReference.name(text)
    }

    private mutating func takeState() -> AlarmState? {
        guard case .word(let word) = token.kind, let state = AlarmState(rawValue: word) else { return nil }
        position += 1
        return state
    }

    private mutating func skip(word: String) -> Bool {
        guard token.kind == .word(word) else { return false }
        position += 1
        return true
    }

    private mutating func skip(symbol: Character) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    // The position stops at the end token, because no rule consumes it.
    private var token: Token {
        tokens[position]
    }

    private func expected(_ what: String) -> ExpressionError {
        let found =
            switch token.kind {
            case .word(let text), .quoted(let text): "`\(text)`"
            case .symbol(let character): "`\(character)`"
            case .end: "the end"
            }
        return ExpressionError(column: token.column, "\(what) is expected, not \(found)")
    }
}
