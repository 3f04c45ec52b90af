/// The recorded data that alarms are evaluated over.
public struct AlarmData: Sendable, Equatable {
    /// One statistic of one period.
    struct PeriodValue: Sendable, Equatable {
        /// Nil where the period has no value.
        var value: Double?
        /// The samples of the period.
        var count: Int
    }

    private let series: [MetricReference: SlotSeries]
    private var tables: [AlarmMetric: PeriodTable] = [:]

    /// Slots no longer than the alarms' periods, for each reference that has data.
    public init(_ series: [MetricReference: SlotSeries]) {
        self.series = series
    }

    /// The slots of a reference; none where it has no data.
    public subscript(reference: MetricReference) -> SlotSeries {
        series[reference] ?? .empty
    }

    /// One value a period of a range, oldest first.
    func values(of metric: AlarmMetric, _ range: Range<Timestamp>) -> [PeriodValue] {
        if let table = tables[metric], let values = table.values(range) { return values }
        return self[metric.reference].merged(from: range.lowerBound, to: range.upperBound, period: metric.period)
            .map { PeriodValue(value: metric.statistic.value(of: $0), count: $0.count) }
    }

    /// Computes the values of an alarm's metrics beforehand for all evaluations at `steps`, which are many: periods that
    /// slide by less than their length share the work.
    public mutating func tabulate(_ definition: AlarmDefinition, steps: [Timestamp]) {
        guard let range = definition.dataRange(steps: steps) else { return }
        for metric in definition.metrics where tables[metric] == nil {
            tables[metric] = PeriodTable(self[metric.reference], metric, range)
        }
    }
}

/// What data evaluations need: slots merged by `stride` seconds, counted from `from`, are fine enough.
public struct AlarmDataRange: Sendable, Hashable {
    public var from: Timestamp
    public var to: Timestamp
    public var stride: Int
}

extension AlarmDefinition {
    var metrics: [AlarmMetric] {
        switch rule {
        case .metric(let metric): [metric]
        case .math(let math): math.metrics
        case .composite: []
        }
    }

    /// What data the evaluations at these moments need, ascending; nil where they need none.
    public func dataRange(steps: [Timestamp]) -> AlarmDataRange? {
        guard let first = steps.first, let last = steps.last, let condition else { return nil }
        let ranges = (evaluationRange(at: first), evaluationRange(at: last))
        let grain = AlarmFittedRules.windowGrain(period: period, evaluationPeriods: condition.evaluationPeriods)
        // Windows slide by the grain, so that all periods begin at multiples of what divides both.
        let stride = steps.count == 1 ? period : Self.greatestCommonDivisor(period, grain)
        return AlarmDataRange(from: ranges.0.lowerBound, to: ranges.1.upperBound, stride: stride)
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
