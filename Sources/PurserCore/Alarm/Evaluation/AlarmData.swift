/// The recorded data that alarms are evaluated over.
package struct AlarmData: Sendable, Equatable {
    /// One statistic of one period.
    struct PeriodValue: Sendable, Equatable {
        /// Nil if the period has no value.
        var value: Double?
        /// The number of samples in the period.
        var count: Int
    }

    private let series: [MetricReference: SlotSeries]
    private var tables: [AlarmMetric: PeriodTable] = [:]
    /// For each metric that has a band, the model of each day, keyed by the day's midnight and learned from the time
    /// before it.
    private var models: [AlarmMetric: [Timestamp: AnomalyModel]] = [:]

    /// Creates the data from slots no longer than the alarms' periods, for each reference that has data.
    package init(_ series: [MetricReference: SlotSeries]) {
        self.series = series
    }

    /// The slots of a reference; empty if it has no data.
    package subscript(reference: MetricReference) -> SlotSeries {
        series[reference] ?? .empty
    }

    /// Returns one value for each period of a range, oldest first.
    func values(of metric: AlarmMetric, _ range: Range<Timestamp>) -> [PeriodValue] {
        if let table = tables[metric], let values = table.values(range) { return values }
        return self[metric.reference].merged(from: range.lowerBound, to: range.upperBound, period: metric.period)
            .map { PeriodValue(value: metric.statistic.value(of: $0), count: $0.count) }
    }

    /// Returns a metric's expected values in each period of a frame; nil for a period whose history is too short.
    func band(of metric: AlarmMetric, _ frame: MetricMathFrame) -> AnomalyBandPoints {
        let models = models[metric] ?? [:]
        return AnomalyBandPoints(
            (0..<frame.count).map { index in
                let time = frame.time(index)
                return models[time.floored(toSeconds: Self.daySeconds)]?.point(at: time)
            }
        )
    }

    private static let daySeconds = 86_400

    /// Learns a metric's normal values from its history: for each day within `days`, from the two weeks before it.
    ///
    /// A model is used for one day, so that a result does not depend on the time of the previous evaluation.
    package mutating func learn(
        _ metric: AlarmMetric,
        from history: SlotSeries,
        start: Timestamp,
        days: Range<Timestamp>
    ) {
        let period = metric.period
        let values = history.datapoints(metric.statistic, from: start, to: days.upperBound, period: period)
        var day = days.lowerBound.floored(toSeconds: Self.daySeconds)
        while day < days.upperBound {
            let from = day - AnomalyModel.historySeconds
            models[metric, default: [:]][day] = AnomalyModel(
                history: values.filter { $0.timestamp >= from && $0.timestamp + period <= day }
            )
            day = day + Self.daySeconds
        }
    }

    /// Computes the values of an alarm's metrics in advance for all evaluations at `steps`.
    ///
    /// This is meant for many steps: periods that slide by less than their length share the work.
    package mutating func tabulate(_ definition: AlarmDefinition, steps: [Timestamp]) {
        guard let range = definition.dataRange(steps: steps) else { return }
        for metric in definition.metrics where tables[metric] == nil {
            tables[metric] = PeriodTable(self[metric.reference], metric, range)
        }
    }
}

/// The data that evaluations need. Slots merged into steps of `stride` seconds, counted from `from`, are fine enough.
package struct AlarmDataRange: Sendable, Hashable {
    package var from: Timestamp
    package var to: Timestamp
    package var stride: Int
}

extension AlarmDefinition {
    var metrics: [AlarmMetric] { rule.metrics }

    /// The metrics whose history a band needs.
    package var bandMetrics: [AlarmMetric] {
        if case .math(let math) = rule { math.bandMetrics.map(\.metric) } else { [] }
    }

    /// Returns the data needed by evaluations at `steps`, which must be in ascending order; nil if they do not need
    /// data.
    package func dataRange(steps: [Timestamp]) -> AlarmDataRange? {
        guard let first = steps.first, let last = steps.last, let condition else { return nil }
        let ranges = (evaluationRange(at: first), evaluationRange(at: last))
        // All periods begin at multiples of a number that divides their length and the distances between the windows.
        var stride = period
        var end = ranges.0.upperBound
        let grain = AlarmFittedRules.windowGrain(period: period, evaluationPeriods: condition.evaluationPeriods)
        for step in steps.dropFirst() where stride > 1 && grain % stride != 0 {
            let next = evaluationRange(at: step).upperBound
            stride = Self.greatestCommonDivisor(stride, Int((next - end) / 1000))
            end = next
        }
        return AlarmDataRange(from: ranges.0.lowerBound, to: ranges.1.upperBound, stride: stride)
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
