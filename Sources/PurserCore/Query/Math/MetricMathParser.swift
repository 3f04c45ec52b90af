/// Parses tokens into a tree. Lowest precedence first: OR, AND, comparisons, + and -, * and /, unary minus, ^.
struct MetricMathParser {
    private let tokens: [MetricMathToken]
    private var position = 0
    private var depth = 0
    private var operators = 0

    // The tree is walked recursively, so its height is limited.
    private static let deepest = 64
    private static let mostOperators = 256

    init(_ tokens: [MetricMathToken]) {
        self.tokens = tokens
    }

    /// Parses the whole expression; anything left over is an error.
    mutating func wholeExpression() throws(ExpressionError) -> MetricMathNode {
        let node = try expression()
        guard token.kind == .end else { throw expected("an operator or the end") }
        return node
    }

    private mutating func expression() throws(ExpressionError) -> MetricMathNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw ExpressionError(column: token.column, "more than \(Self.deepest) levels of brackets")
        }
        return try binary(level: 0)
    }

    private static let levels: [[String]] = [
        ["OR"], ["AND"], ["<", ">", "<=", ">=", "==", "!="], ["+", "-"], ["*", "/"],
    ]

    private mutating func binary(level: Int) throws(ExpressionError) -> MetricMathNode {
        guard level < Self.levels.count else { return try unary() }
        var left = try binary(level: level + 1)
        while let (operation, column) = takeOperator(of: Self.levels[level]) {
            try countOperator()
            let right = try binary(level: level + 1)
            left = MetricMathNode(left.column, .binary(operation, left, right, column: column))
        }
        return left
    }

    private mutating func unary() throws(ExpressionError) -> MetricMathNode {
        let column = token.column
        guard skip("-") else { return try power() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw ExpressionError(column: token.column, "more than \(Self.deepest) minus signs")
        }
        return MetricMathNode(column, .negation(try unary()))
    }

    private mutating func power() throws(ExpressionError) -> MetricMathNode {
        let base = try operand()
        let column = token.column
        guard skip("^") else { return base }
        try countOperator()
        return MetricMathNode(base.column, .binary(.power, base, try unary(), column: column))
    }

    private mutating func operand() throws(ExpressionError) -> MetricMathNode {
        let token = token
        switch token.kind {
        case .number(let value):
            position += 1
            return MetricMathNode(token.column, .number(value))
        case .string(let text):
            position += 1
            return MetricMathNode(token.column, .string(text))
        case .name(let name):
            position += 1
            return isNext("(") ? try call(name, column: token.column) : try id(name, column: token.column)
        case .symbol("("):
            position += 1
            let inner = try expression()
            try close("(", ")", openedAt: token.column)
            return inner
        case .symbol("["):
            return MetricMathNode(token.column, .array(try list("[", "]")))
        default:
            throw expected("a number, a metric's id, a function, `(` or `[`")
        }
    }

    private func id(_ name: String, column: Int) throws(ExpressionError) -> MetricMathNode {
        if name.first?.isLowercase == true { return MetricMathNode(column, .metric(name)) }
        if let word = MetricMathWord(rawValue: name) { return MetricMathNode(column, .word(word)) }
        if let function = MetricMathFunction(rawValue: name) {
            throw ExpressionError(column: column, "`\(name)` is written \(function.form)")
        }
        throw ExpressionError(column: column, "`\(name)` is not an id: an id begins with a lower-case letter")
    }

    private mutating func call(_ name: String, column: Int) throws(ExpressionError) -> MetricMathNode {
        guard let function = MetricMathFunction(rawValue: name) else {
            throw ExpressionError(column: column, MetricMathFunction.unknown(name))
        }
        let arguments = try list("(", ")")
        guard function.argumentCounts.contains(arguments.count) else {
            throw ExpressionError(column: column, "`\(name)` is written \(function.form)")
        }
        return MetricMathNode(column, .call(function, arguments))
    }

    /// Parses a list between two brackets, separated by commas.
    private mutating func list(_ opening: String, _ closing: String) throws(ExpressionError) -> [MetricMathNode] {
        let column = token.column
        position += 1
        var nodes: [MetricMathNode] = []
        if !isNext(closing) {
            repeat {
                nodes.append(try expression())
            } while skip(",")
        }
        try close(opening, closing, openedAt: column, orComma: true)
        return nodes
    }

    private mutating func close(
        _ opening: String,
        _ closing: String,
        openedAt column: Int,
        orComma: Bool = false
    ) throws(ExpressionError) {
        guard !skip(closing) else { return }
        throw expected((orComma ? "`,` or " : "") + "`\(closing)` for the `\(opening)` in column \(column)")
    }

    private mutating func countOperator() throws(ExpressionError) {
        operators += 1
        guard operators <= Self.mostOperators else {
            throw ExpressionError(column: token.column, "more than \(Self.mostOperators) operators")
        }
    }

    private mutating func takeOperator(of symbols: [String]) -> (MetricMathOperator, column: Int)? {
        guard case .symbol(let symbol) = token.kind, symbols.contains(symbol),
            let operation = MetricMathOperator(rawValue: symbol)
        else { return nil }
        let column = token.column
        position += 1
        return (operation, column)
    }

    private mutating func skip(_ symbol: String) -> Bool {
        guard isNext(symbol) else { return false }
        position += 1
        return true
    }

    private func isNext(_ symbol: String) -> Bool {
        token.kind == .symbol(symbol)
    }

    // The position stops at the end token, because no rule consumes it.
    private var token: MetricMathToken {
        tokens[position]
    }

    private func expected(_ what: String) -> ExpressionError {
        ExpressionError(column: token.column, "\(what) is expected, not \(token.shown)")
    }
}
