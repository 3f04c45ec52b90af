/// Reads tokens into a tree. Weakest first: OR, AND, comparisons, + and -, * and /, unary minus, ^.
struct MetricMathParser {
    private let tokens: [MetricMathToken]
    private var position = 0
    private var depth = 0
    private var operators = 0

    // The tree is walked by recursion, so its height has a limit.
    private static let deepest = 64
    private static let mostOperators = 256

    init(_ tokens: [MetricMathToken]) {
        self.tokens = tokens
    }

    /// The whole expression; anything left over is an error.
    mutating func wholeExpression() throws(MetricMathError) -> MetricMathNode {
        let node = try expression()
        guard token.kind == .end else { throw expected("an operator or the end") }
        return node
    }

    private mutating func expression() throws(MetricMathError) -> MetricMathNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw MetricMathError(column: token.column, "more than \(Self.deepest) levels of parentheses")
        }
        return try binary(level: 0)
    }

    private static let levels: [[String]] = [
        ["OR"], ["AND"], ["<", ">", "<=", ">=", "==", "!="], ["+", "-"], ["*", "/"],
    ]

    private mutating func binary(level: Int) throws(MetricMathError) -> MetricMathNode {
        guard level < Self.levels.count else { return try unary() }
        var left = try binary(level: level + 1)
        while let operation = takeOperator(of: Self.levels[level]) {
            try countOperator()
            left = .binary(operation, left, try binary(level: level + 1))
        }
        return left
    }

    private mutating func unary() throws(MetricMathError) -> MetricMathNode {
        guard skip("-") else { return try power() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw MetricMathError(column: token.column, "more than \(Self.deepest) minus signs")
        }
        return .negation(try unary())
    }

    private mutating func power() throws(MetricMathError) -> MetricMathNode {
        let base = try operand()
        guard skip("^") else { return base }
        try countOperator()
        return .binary(.power, base, try unary())
    }

    private mutating func operand() throws(MetricMathError) -> MetricMathNode {
        let token = token
        switch token.kind {
        case .number(let value):
            position += 1
            return .number(value)
        case .name(let name):
            position += 1
            return isNext("(") ? try call(name, column: token.column) : .metric(name, column: token.column)
        case .symbol("("):
            position += 1
            let inner = try expression()
            guard skip(")") else { throw expected("`)`") }
            return inner
        default:
            throw expected("a number, a metric's id, a function or `(`")
        }
    }

    private mutating func call(_ name: String, column: Int) throws(MetricMathError) -> MetricMathNode {
        guard let function = MetricMathFunction(rawValue: name) else {
            let known = MetricMathFunction.allCases.map(\.rawValue).joined(separator: ", ")
            throw MetricMathError(
                column: column,
                "the function `\(name)` is not supported by this version; supported: \(known)"
            )
        }
        position += 1
        var arguments: [MetricMathNode] = []
        if !isNext(")") {
            repeat {
                arguments.append(try expression())
            } while skip(",")
        }
        guard skip(")") else { throw expected("`,` or `)`") }
        guard function.argumentCounts.contains(arguments.count) else {
            throw MetricMathError(column: column, "`\(name)` is written \(function.form)")
        }
        return .call(function, arguments)
    }

    private mutating func countOperator() throws(MetricMathError) {
        operators += 1
        guard operators <= Self.mostOperators else {
            throw MetricMathError(column: token.column, "more than \(Self.mostOperators) operators")
        }
    }

    private mutating func takeOperator(of symbols: [String]) -> MetricMathOperator? {
        guard case .symbol(let symbol) = token.kind, symbols.contains(symbol),
            let operation = MetricMathOperator(rawValue: symbol)
        else { return nil }
        position += 1
        return operation
    }

    private mutating func skip(_ symbol: String) -> Bool {
        guard isNext(symbol) else { return false }
        position += 1
        return true
    }

    private func isNext(_ symbol: String) -> Bool {
        token.kind == .symbol(symbol)
    }

    // The position stops at the end's token, which no rule takes.
    private var token: MetricMathToken {
        tokens[position]
    }

    private func expected(_ what: String) -> MetricMathError {
        MetricMathError(column: token.column, "\(what) is expected, not \(token.shown)")
    }
}
