#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Functions that turn a series into a series.
extension MetricMathFunction {
    /// Returns the result of a function whose shape is `mapping`.
    func mapped(_ value: MetricMathValue, period: Int) -> MetricMathValue {
        if let plain { return value.map(plain) }
        let seconds = Double(period)
        switch self {
        case .difference: return value.mapSeries { Self.steps($0) { value, before, _ in value - before } }
        case .timeDifference: return value.mapSeries { Self.steps($0) { _, _, periods in periods * seconds } }
        case .rate:
            return value.mapSeries {
                Self.steps($0) { value, before, periods in (value - before) / (periods * seconds) }
            }
        case .runningSum: return value.mapSeries(Self.runningSum)
        default: return value
        }
    }

    /// The function to apply to each value on its own; nil if the result depends on neighbouring points.
    var plain: ((Double) -> Double)? {
        switch self {
        case .abs: { $0.magnitude }
        // Adding 0 turns a negative 0 into 0.
        case .ceil: { $0.rounded(.up) + 0 }
        case .floor: { $0.rounded(.down) + 0 }
        case .log: { cLog($0) }
        case .log10: { cLog10($0) }
        default: nil
        }
    }

    /// Returns a value for each datapoint with a datapoint before it, computed from both and the number of periods
    /// between them.
    private static func steps(
        _ points: [Double?],
        _ step: (_ value: Double, _ before: Double, _ periods: Double) -> Double
    ) -> [Double?] {
        var before: (value: Double, index: Int)?
        return points.enumerated().map { index, point in
            guard let point else { return nil }
            defer { before = (point, index) }
            return before.flatMap { MetricMathValue.finite(step(point, $0.value, Double(index - $0.index))) }
        }
    }

    private static func runningSum(_ points: [Double?]) -> [Double?] {
        var sum = 0.0
        return points.map { point in
            guard let point else { return nil }
            sum += point
            return MetricMathValue.finite(sum)
        }
    }

    /// Fills each gap with the datapoint before it.
    static func repeated(_ points: [Double?]) -> [Double?] {
        var before: Double?
        return points.map { point in
            before = point ?? before
            return before
        }
    }

    /// Fills each gap between two datapoints with the straight line between them.
    static func interpolated(_ points: [Double?]) -> [Double?] {
        var filled = points
        var before: (value: Double, index: Int)?
        for (index, point) in points.enumerated() {
            guard let point else { continue }
            if let before, index > before.index + 1 {
                for gap in before.index + 1..<index {
                    let share = Double(gap - before.index) / Double(index - before.index)
                    filled[gap] = MetricMathValue.finite(before.value * (1 - share) + point * share)
                }
            }
            before = (point, index)
        }
        return filled
    }

    /// Returns the field of a timestamp, in UTC, that a calendar function stands for; a week begins with Monday, which
    /// is 1.
    func field(of time: Timestamp) -> Double {
        let fields = time.fields
        let value: Int =
            switch self {
            case .minute: fields.minute
            case .hour: fields.hour
            case .day: fields.weekday == 0 ? 7 : fields.weekday
            case .date: fields.day
            case .month: fields.month
            case .year: fields.year
            default: Int(time.seconds)
            }
        return Double(value)
    }
}

// Within the type, its cases shadow the C library functions.
private func cLog(_ value: Double) -> Double {
    log(value)
}

private func cLog10(_ value: Double) -> Double {
    log10(value)
}
