/// The type of a metric-math expression's value, in the terms of CloudWatch's guide.
package enum MetricMathType: Sendable, Equatable, CustomStringConvertible {
    /// One number: S.
    case number
    /// A number for each period: TS.
    case series
    /// An ordered list of time series: TS[].
    case array

    /// The type's name in error messages.
    package var description: String {
        switch self {
        case .number: "a number"
        case .series: "a time series"
        case .array: "an array of time series"
        }
    }
}

/// The queries that an expression may name: the metrics of its request, and the other expressions with their types.
package struct MetricMathScope: Sendable, Equatable {
    /// The ids of the metrics that METRICS() stands for, in the request's order.
    package var metrics: [String]
    package var expressions: [String: MetricMathType]
    /// The expressions that use a band, directly or through others.
    private var banded: Set<String> = []

    package init(metrics: [String], expressions: [String: MetricMathType] = [:]) {
        self.metrics = metrics
        self.expressions = expressions
    }

    mutating func add(_ id: String, _ type: MetricMathType, usesBand: Bool) {
        expressions[id] = type
        if usesBand { banded.insert(id) }
    }

    /// Whether the value of an id depends on a band.
    func usesBand(_ id: String) -> Bool {
        banded.contains(id)
    }

    /// Whether the value of an expression depends on a band.
    func usesBand(_ expression: MetricMathExpression) -> Bool {
        !expression.bandedIds.isEmpty || expression.references.contains { banded.contains($0.id) }
    }

    /// Returns the type of an id; one that the scope does not name counts as a time series.
    func type(of id: String) -> MetricMathType {
        expressions[id] ?? .series
    }
}
