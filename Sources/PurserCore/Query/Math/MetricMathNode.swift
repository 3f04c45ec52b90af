/// A node of an expression's tree, and the column where its text begins.
package struct MetricMathNode: Sendable, Equatable {
    package indirect enum Kind: Sendable, Equatable {
        case number(Double)
        /// The argument of METRICS.
        case string(String)
        /// A word of ``MetricMathWord``; it is allowed only as certain arguments.
        case word(MetricMathWord)
        case metric(String)
        case negation(MetricMathNode)
        /// The column is the operator's own.
        case binary(MetricMathOperator, MetricMathNode, MetricMathNode, column: Int)
        case array([MetricMathNode])
        case call(MetricMathFunction, [MetricMathNode])
    }

    let column: Int
    package let kind: Kind

    init(_ column: Int, _ kind: Kind) {
        self.column = column
        self.kind = kind
    }

    var children: [MetricMathNode] {
        switch kind {
        case .number, .string, .word, .metric: []
        case .negation(let inner): [inner]
        case .binary(_, let a, let b, _): [a, b]
        case .array(let nodes), .call(_, let nodes): nodes
        }
    }

    /// Visits the tree from left to right, each node before those below it.
    func visit(_ visitor: (MetricMathNode) -> Void) {
        visitor(self)
        for child in children {
            child.visit(visitor)
        }
    }

    /// The number if the node is a literal, with or without a minus sign; otherwise nil.
    var literal: Double? {
        switch kind {
        case .number(let value): value
        case .negation(let inner): inner.literal.map { -$0 }
        default: nil
        }
    }
}

/// A word used as a function's argument, without brackets.
package enum MetricMathWord: String, Sendable, CaseIterable {
    case fillRepeat = "REPEAT"
    case fillLinear = "LINEAR"
    case ascending = "ASC"
    case descending = "DESC"
    case average = "AVG"
    case minimum = "MIN"
    case maximum = "MAX"
    case sum = "SUM"

    static let statistics: [MetricMathWord] = [.average, .minimum, .maximum, .sum]
    static let orders: [MetricMathWord] = [.ascending, .descending]

    /// Where the word is allowed, for error messages.
    var place: String {
        switch self {
        case .fillRepeat, .fillLinear: "`\(rawValue)` is allowed only as argument 2 of FILL"
        case .ascending, .descending: "`\(rawValue)` is allowed only as argument 3 of SORT"
        case .average, .minimum, .maximum, .sum:
            "`\(rawValue)` without brackets is allowed only as argument 2 of SORT; otherwise write \(rawValue)(series)"
        }
    }
}
