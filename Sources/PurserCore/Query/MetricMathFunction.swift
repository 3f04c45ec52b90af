/// A function of metric math.
package enum MetricMathFunction: String, Sendable, CaseIterable {
    case `if` = "IF"

    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .if: 2...3
        }
    }

    /// How the function is written, for error messages.
    var form: String {
        switch self {
        case .if: "IF(condition, trueValue) or IF(condition, trueValue, falseValue)"
        }
    }

    /// The result for arguments of a number allowed by ``argumentCounts``.
    func callAsFunction(_ arguments: [MetricMathValue]) -> MetricMathValue {
        switch self {
        case .if: Self.choose(arguments[0], arguments[1], arguments.count > 2 ? arguments[2] : .scalar(nil))
        }
    }

    /// Picks point by point. A missing condition gives a missing point; so does a missing false value, while a missing
    /// true value counts as 0: this is what the examples of CloudWatch's documentation show.
    private static func choose(
        _ condition: MetricMathValue,
        _ whenTrue: MetricMathValue,
        _ whenFalse: MetricMathValue
    ) -> MetricMathValue {
        MetricMathValue.pointwise([condition, whenTrue, whenFalse]) { points in
            guard let condition = points[0] else { return nil }
            return condition != 0 ? points[1] ?? 0 : points[2]
        }
    }
}
