/// The value of a metric-math expression: a number, a number for each period, or several series of numbers.
package enum MetricMathValue: Sendable, Equatable {
    /// Nil if there is no number, as for 1/0.
    case scalar(Double?)
    /// Oldest first; nil if a period has no value.
    case series([Double?])
    case array([MetricMathElement])

    /// Returns the values of a series, or of an array's first series; for a scalar, its number repeated `count` times.
    package func points(_ count: Int) -> [Double?] {
        switch self {
        case .scalar(let value): Array(repeating: value, count: count)
        case .series(let values): values
        case .array(let elements): elements.first?.points ?? Array(repeating: nil, count: count)
        }
    }

    /// Returns the value, or nil if it is infinite or not a number: such a point is missing.
    static func finite(_ value: Double) -> Double? {
        value.isFinite ? value : nil
    }

    /// The same value, with every point that is not finite replaced by a missing one.
    var finite: MetricMathValue {
        let isFinite: (Double?) -> Bool = { $0?.isFinite ?? true }
        switch self {
        case .scalar(let value): return isFinite(value) ? self : .scalar(nil)
        case .series(let points):
            return points.allSatisfy(isFinite) ? self : .series(points.map { $0.flatMap(Self.finite) })
        case .array(let elements):
            return elements.allSatisfy { $0.points.allSatisfy(isFinite) }
                ? self : mapSeries { $0.map { $0.flatMap(Self.finite) } }
        }
    }

    /// Applies a function to each number; missing ones stay missing.
    func map(_ transform: (Double) -> Double) -> MetricMathValue {
        if case .scalar(let value) = self { return .scalar(value.flatMap { Self.finite(transform($0)) }) }
        return mapSeries { points in points.map { $0.flatMap { Self.finite(transform($0)) } } }
    }

    /// Applies a function to each series; a number stays as it is.
    func mapSeries(_ transform: ([Double?]) -> [Double?]) -> MetricMathValue {
        switch self {
        case .scalar: self
        case .series(let points): .series(transform(points))
        case .array(let elements):
            .array(elements.map { MetricMathElement(origin: $0.origin, points: transform($0.points)) })
        }
    }

    /// Combines two values with an operator; each of an array's series is combined with the other value.
    ///
    /// If only one of two series has a point, the other's counts as 0; if neither has one, the point is missing. A
    /// number has no points, so a missing point combined with it stays missing.
    static func combine(_ a: MetricMathValue, _ b: MetricMathValue, by operation: MetricMathOperator) -> MetricMathValue
    {
        switch (a, b) {
        case (.scalar(let a), .scalar(let b)):
            guard let a, let b else { return .scalar(nil) }
            return .scalar(operation(a, b))
        case (.series(let points), .scalar(let b)):
            return .series(points.map { point in point.flatMap { a in b.flatMap { operation(a, $0) } } })
        case (.scalar(let a), .series(let points)):
            return .series(points.map { point in point.flatMap { b in a.flatMap { operation($0, b) } } })
        case (.series(let a), .series(let b)):
            return .series(
                (0..<max(a.count, b.count)).map { index in
                    let a = a.point(index)
                    let b = b.point(index)
                    return a == nil && b == nil ? nil : operation(a ?? 0, b ?? 0)
                }
            )
        case (.array, .array): return .scalar(nil)
        case (.array, _): return a.mapSeries { combine(.series($0), b, by: operation).points(0) }
        case (_, .array): return b.mapSeries { combine(a, .series($0), by: operation).points(0) }
        }
    }
}

/// One series of an array.
package struct MetricMathElement: Sendable, Equatable {
    /// The origin of a series, which determines its name.
    package enum Origin: Sendable, Equatable {
        /// The query with this id, perhaps after a calculation with each series of its array.
        case query(String)
        /// The upper edge of the band around the metric with this id.
        case upperBand(String)
        case lowerBand(String)
    }

    /// Nil if the series was made from several.
    package var origin: Origin?
    /// Oldest first; nil if a period has no value.
    package var points: [Double?]

    package init(origin: Origin?, points: [Double?]) {
        self.origin = origin
        self.points = points
    }
}

extension [Double?] {
    /// Returns the point of a period; nil past the end.
    func point(_ index: Int) -> Double? {
        index < count ? self[index] : nil
    }
}
