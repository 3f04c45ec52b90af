/// A parsed expression of CloudWatch's metric math, such as `100*e/i`.
///
/// The whole language is read: arithmetic, comparisons (1 or 0), AND, OR, arrays, and every function that needs no other
/// service of AWS. See the user guide, "Using math expressions with CloudWatch metrics".
public struct MetricMathExpression: Sendable, Equatable {
    /// The expression as it was written.
    public let text: String
    package let root: MetricMathNode
    /// What computes it period by period, if the value of a period depends on the values of the same period alone: on
    /// operators, IF, ABS, CEIL, FLOOR, LOG, LOG10, and FILL with a number written out.
    let program: MetricMathProgram?

    /// CloudWatch's longest expression.
    public static let longest = 2048

    /// Reads an expression; the error says where it is wrong and what is allowed there.
    ///
    /// Types are checked as far as the text alone tells them; ``type(in:)`` does the rest.
    public static func parse(_ text: String) throws(ExpressionError) -> MetricMathExpression {
        guard text.utf16.count <= longest else {
            throw ExpressionError(column: longest + 1, "an expression has at most \(longest) characters")
        }
        // Its arguments are written unlike any others, with single quotes and braces.
        if let place = text.firstRange(of: "SEARCH("), let refusal = MetricMathFunction.refusal(of: "SEARCH") {
            throw ExpressionError(column: text.distance(from: text.startIndex, to: place.lowerBound) + 1, refusal)
        }
        var lexer = MetricMathLexer(text)
        var parser = MetricMathParser(try lexer.tokens())
        let root = try parser.wholeExpression()
        _ = try MetricMathChecker(scope: nil).type(of: root)
        return MetricMathExpression(text: text, root: root, program: MetricMathProgram(root))
    }

    /// What the expression gives, with the types of its ids known; the error says which part has none that is allowed.
    public func type(in scope: MetricMathScope) throws(ExpressionError) -> MetricMathType {
        try MetricMathChecker(scope: scope).type(of: root) ?? .series
    }

    /// The ids that the expression uses, each with the column of its first use, in that order; those that METRICS stands
    /// for are not among them.
    public var references: [(id: String, column: Int)] {
        var found: [(id: String, column: Int)] = []
        root.visit { node in
            guard case .metric(let id) = node.kind, !found.contains(where: { $0.id == id }) else { return }
            found.append((id, node.column))
        }
        return found
    }

    /// The names of the functions that the expression uses, each once, in the order of their first use.
    public var functions: [String] {
        var found: [String] = []
        root.visit { node in
            guard case .call(let function, _) = node.kind, !found.contains(function.rawValue) else { return }
            found.append(function.rawValue)
        }
        return found
    }

    /// The ids of the metrics that ANOMALY_DETECTION_BAND is asked for, each once.
    public var bandMetrics: [String] {
        var found: [String] = []
        root.visit { node in
            guard case .call(.anomalyDetectionBand, let arguments) = node.kind,
                case .metric(let id)? = arguments.first?.kind, !found.contains(id)
            else { return }
            found.append(id)
        }
        return found
    }

    /// The value, given that of each id; series have a point for each period of the context's frame.
    ///
    /// Results that are not finite, x/0 among them, are missing. An id without a value has none anywhere.
    public func evaluate(
        _ values: [String: MetricMathValue],
        in context: MetricMathContext
    ) -> MetricMathValue {
        program?.run(values) ?? evaluateTree(values, in: context)
    }

    /// The same by way of the tree, which every expression has.
    func evaluateTree(_ values: [String: MetricMathValue], in context: MetricMathContext) -> MetricMathValue {
        MetricMathEvaluator(values: values, context: context).value(of: root)
    }
}
