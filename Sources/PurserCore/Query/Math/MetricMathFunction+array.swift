/// Functions that reduce an array to one series, or a series to one number.
extension MetricMathFunction {
    /// Returns the ids that METRICS stands for: all, or those that contain a text.
    static func metricIds(_ ids: [String], part: String?) -> [String] {
        guard let part, !part.isEmpty else { return ids }
        return ids.filter { $0.contains(part) }
    }

    /// Returns the result of a function whose shape is `reduction`, over `count` periods.
    func reduced(_ value: MetricMathValue, count: Int) -> MetricMathValue {
        switch value {
        case .scalar: return .scalar(nil)
        case .series(let points): return .scalar(reduced(points))
        case .array(let elements):
            return .series(
                (0..<count).map { index in
                    let points = elements.map { $0.points.point(index) }
                    // If no series has a datapoint, the result has none either, not even a count.
                    return points.contains { $0 != nil } ? reduced(points) : nil
                }
            )
        }
    }

    /// Returns one number for several points, ignoring missing ones; nil if all are missing, except for a count.
    ///
    /// As documented, only AVG treats missing points as 0.
    func reduced(_ points: [Double?]) -> Double? {
        var count = 0
        var sum = 0.0
        var least = Double.infinity
        var most = -Double.infinity
        for case let point? in points {
            count += 1
            sum += point
            least = min(least, point)
            most = max(most, point)
        }
        if self == .datapointCount { return Double(count) }
        guard count > 0 else { return nil }
        let result: Double =
            switch self {
            case .average: sum / Double(points.count)
            case .minimum: least
            case .maximum: most
            case .standardDeviation: Self.standardDeviation(points, mean: sum / Double(count), count: count)
            default: sum
            }
        return MetricMathValue.finite(result)
    }

    private static func standardDeviation(_ points: [Double?], mean: Double, count: Int) -> Double {
        var squares = 0.0
        for case let point? in points {
            squares += (point - mean) * (point - mean)
        }
        return (squares / Double(count)).squareRoot()
    }
}
