/// A parsed expression of CloudWatch's metric math, such as `100*e/i`.
///
/// Understood are numbers, ids of metrics, `+ - * / ^`, unary minus, parentheses, comparisons (1 or 0), AND, OR and IF.
public struct MetricMathExpression: Sendable, Equatable {
    /// The expression as it was written.
    public let text: String
    package let root: MetricMathNode

    /// CloudWatch's longest expression.
    public static let longest = 2048

    /// Reads an expression; the error says where it is wrong and what was expected there.
    public static func parse(_ text: String) throws(MetricMathError) -> MetricMathExpression {
        guard text.utf16.count <= longest else {
            throw MetricMathError(column: longest + 1, "an expression has at most \(longest) characters")
        }
        var lexer = MetricMathLexer(text)
        var parser = MetricMathParser(try lexer.tokens())
        return MetricMathExpression(text: text, root: try parser.wholeExpression())
    }

    /// The ids that the expression uses, each with the column of its first use, in that order.
    public var references: [(id: String, column: Int)] {
        var found: [(id: String, column: Int)] = []
        root.visitMetrics { id, column in
            if !found.contains(where: { $0.id == id }) { found.append((id, column)) }
        }
        return found
    }

    /// The value over series that share their periods, oldest first; nil is a period without data.
    ///
    /// Results that are not finite, x/0 among them, are missing. An id without a binding has no value anywhere.
    public func evaluate(bindings: [String: [Double?]]) -> MetricMathValue {
        evaluate(bindings.mapValues { .series($0) })
    }

    func evaluate(_ values: [String: MetricMathValue]) -> MetricMathValue {
        root.evaluate(values)
    }
}

/// A node of an expression's tree.
package indirect enum MetricMathNode: Sendable, Equatable {
    case number(Double)
    case metric(String, column: Int)
    case negation(MetricMathNode)
    case binary(MetricMathOperator, MetricMathNode, MetricMathNode)
    case call(MetricMathFunction, [MetricMathNode])

    func evaluate(_ values: [String: MetricMathValue]) -> MetricMathValue {
        switch self {
        case .number(let value): .scalar(value)
        case .metric(let id, _): values[id] ?? .scalar(nil)
        case .negation(let inner): MetricMathValue.pointwise([inner.evaluate(values)]) { $0[0].map { -$0 } }
        case .binary(let operation, let a, let b):
            MetricMathValue.combine(a.evaluate(values), b.evaluate(values), by: operation)
        case .call(let function, let arguments): function(arguments.map { $0.evaluate(values) })
        }
    }

    func visitMetrics(_ visit: (String, Int) -> Void) {
        switch self {
        case .number: break
        case .metric(let id, let column): visit(id, column)
        case .negation(let inner): inner.visitMetrics(visit)
        case .binary(_, let a, let b):
            a.visitMetrics(visit)
            b.visitMetrics(visit)
        case .call(_, let arguments): arguments.forEach { $0.visitMetrics(visit) }
        }
    }
}
