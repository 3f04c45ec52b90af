/// What a metric-math expression gives: one number, or a number for each period of a series.
public enum MetricMathValue: Sendable, Equatable {
    /// Nil where there is no such number, as for 1/0.
    case scalar(Double?)
    /// Oldest first; nil where a period has no value.
    case series([Double?])

    /// The values of a series; `count` times the number of a scalar.
    public func points(_ count: Int) -> [Double?] {
        switch self {
        case .scalar(let value): Array(repeating: value, count: count)
        case .series(let values): values
        }
    }

    /// One result a period of the longest series, or one number where all values are numbers.
    static func pointwise(_ values: [MetricMathValue], _ combine: ([Double?]) -> Double?) -> MetricMathValue {
        let counts = values.compactMap { if case .series(let points) = $0 { points.count } else { nil } }
        guard let count = counts.max() else { return .scalar(combine(values.map { $0[0] })) }
        return .series((0..<count).map { index in combine(values.map { $0[index] }) })
    }

    /// Combines two values by an operator.
    ///
    /// Of two series, a point that only one has counts as 0 in the other; where neither has one there is none. A number
    /// has no points of its own, so that beside it a missing point stays missing.
    static func combine(_ a: MetricMathValue, _ b: MetricMathValue, by operation: MetricMathOperator) -> MetricMathValue
    {
        let areSeries = a.isSeries && b.isSeries
        return pointwise([a, b]) { points in
            switch (points[0], points[1]) {
            case (let a?, let b?): operation(a, b)
            case (let a?, nil): areSeries ? operation(a, 0) : nil
            case (nil, let b?): areSeries ? operation(0, b) : nil
            case (nil, nil): nil
            }
        }
    }

    var isSeries: Bool {
        if case .series = self { true } else { false }
    }

    private subscript(index: Int) -> Double? {
        switch self {
        case .scalar(let value): value
        case .series(let points): points.indices.contains(index) ? points[index] : nil
        }
    }
}
