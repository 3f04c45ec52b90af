/// A parsed expression of CloudWatch's metric math, such as `100*e/i`.
///
/// The whole language is supported: arithmetic, comparisons (1 or 0), AND, OR, arrays, and every function that does not
/// need another AWS service. See the user guide, "Using math expressions with CloudWatch metrics".
package struct MetricMathExpression: Sendable, Equatable {
    /// The expression as it was written.
    package let text: String
    package let root: MetricMathNode
    /// Computes the expression period by period; nil if the value of a period depends on more than the values of the same
    /// period. It supports operators, IF, ABS, CEIL, FLOOR, LOG, LOG10, and FILL with a literal number.
    let program: MetricMathProgram?

    /// The longest expression that CloudWatch accepts.
    package static let longest = 2048

    /// Reads an expression; the error says where it is wrong and what is allowed there.
    ///
    /// Types are checked as far as they follow from the text alone; ``type(in:)`` does the rest.
    package static func parse(_ text: String) throws(ExpressionError) -> MetricMathExpression {
        guard text.utf16.count <= longest else {
            throw ExpressionError(column: longest + 1, "an expression may have at most \(longest) characters")
        }
        if let refusal = refusal(in: text) { throw refusal }
        var lexer = MetricMathLexer(text)
        var parser = MetricMathParser(try lexer.tokens())
        let root = try parser.wholeExpression()
        _ = try MetricMathChecker(scope: nil).type(of: root)
        return MetricMathExpression(text: text, root: root, program: MetricMathProgram(root))
    }

    /// Returns why an expression needs something that only CloudWatch has; nil if it does not.
    static func refusal(in text: String) -> ExpressionError? {
        // What these functions are written with, such as the clauses of SELECT, is not metric math.
        var words = MetricMathLexer(text)
        for (word, column) in words.words() {
            if let refusal = MetricMathFunction.refusal(of: word) { return ExpressionError(column: column, refusal) }
        }
        return nil
    }

    /// Returns the type of the result, given the types of the ids; the error says which part's type is not allowed.
    package func type(in scope: MetricMathScope) throws(ExpressionError) -> MetricMathType {
        try MetricMathChecker(scope: scope).type(of: root) ?? .series
    }

    /// The ids that the expression uses, each with the column of its first use, in that order; those that METRICS
    /// stands for are not included.
    package var references: [(id: String, column: Int)] {
        var found: [(id: String, column: Int)] = []
        root.visit { node in
            guard case .metric(let id) = node.kind, !found.contains(where: { $0.id == id }) else { return }
            found.append((id, node.column))
        }
        return found
    }

    /// The names of the functions that the expression uses, each once, in the order of their first use.
    package var functions: [String] {
        var found: [String] = []
        root.visit { node in
            guard case .call(let function, _) = node.kind, !found.contains(function.rawValue) else { return }
            found.append(function.rawValue)
        }
        return found
    }

    /// The ids that ANOMALY_DETECTION_BAND is used with, each once.
    package var bandedIds: [String] {
        var found: [String] = []
        root.visit { node in
            guard case .call(.anomalyDetectionBand, let arguments) = node.kind,
                case .metric(let id)? = arguments.first?.kind, !found.contains(id)
            else { return }
            found.append(id)
        }
        return found
    }

    /// Returns the value, given the value of each id; series have a point for each period of the context's frame.
    ///
    /// Results that are not finite, such as x/0, are missing. An id without a value is missing in every period.
    package func evaluate(
        _ values: [String: MetricMathValue],
        in context: MetricMathContext
    ) -> MetricMathValue {
        program?.run(values) ?? evaluateTree(values, in: context)
    }

    /// Computes the same value from the tree, which works for every expression.
    func evaluateTree(_ values: [String: MetricMathValue], in context: MetricMathContext) -> MetricMathValue {
        MetricMathEvaluator(values: values, context: context).value(of: root)
    }
}
