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
    /// The values of periods of a wall clock window by their starts.
    private var clockTables: [AlarmMetric: [Timestamp: PeriodValue]] = [:]
    /// For each metric or expression that has a band, the model of each day, keyed by the day's midnight and learned from
    /// the time before it.
    private var models: [String: [Timestamp: AnomalyModel]] = [:]

    /// Creates the data from slots no longer than the alarms' periods, for each reference that has data.
    package init(_ series: [MetricReference: SlotSeries]) {
        self.series = series
    }

    /// The slots of a reference; empty if it has no data.
    package subscript(reference: MetricReference) -> SlotSeries {
        series[reference] ?? .empty
    }

    /// Returns one value for each period of a frame, oldest first.
    func values(of metric: AlarmMetric, _ frame: MetricMathFrame) -> [PeriodValue] {
        if let bounds = frame.bounds {
            let table = clockTables[metric]
            return zip(bounds, bounds.dropFirst()).map { table?[$0] ?? value(of: metric, from: $0, to: $1) }
        }
        if let table = tables[metric], let values = table.values(frame) { return values }
        return self[metric.reference].merged(from: frame.start, to: frame.end, period: metric.period)
            .map { PeriodValue(value: metric.statistic.value(of: $0), count: $0.count) }
    }

    private func value(of metric: AlarmMetric, from start: Timestamp, to end: Timestamp) -> PeriodValue {
        let total = self[metric.reference].total(from: start, to: end)
        return PeriodValue(value: metric.statistic.value(of: total), count: total.count)
    }

    /// Returns the expected values of a metric or an expression in each period of a frame; nil for a period whose history
    /// is too short.
    func band(of id: String, _ frame: MetricMathFrame) -> AnomalyBandPoints {
        let models = models[id] ?? [:]
        return AnomalyBandPoints(
            (0..<frame.count).map { index in
                let time = frame.time(index)
                return models[time.floored(toSeconds: Self.daySeconds)]?.point(at: time)
            }
        )
    }

    private static let daySeconds = 86_400

    /// Learns the normal values of all metrics and expressions that the alarm has a band around from their history, which
    /// begins at `start`: for each day within `days`, from the two weeks before it.
    ///
    /// A model is used for one day, so that a result does not depend on the time of the previous evaluation.
    package mutating func learn(
        _ definition: AlarmDefinition,
        from history: AlarmData,
        start: Timestamp,
        days: Range<Timestamp>
    ) {
        guard case .math(let math) = definition.rule else { return }
        let period = math.period
        let count = Int((days.upperBound - start) / (Int64(period) * 1000))
        let frame = MetricMathFrame(start: start, period: period, count: count)
        let past = math.results(history, frame, bands: [:])
        for id in math.bandedIds {
            let values = frame.datapoints((past[id] ?? .scalar(nil)).points(count).map { ($0, nil) })
            var day = days.lowerBound.floored(toSeconds: Self.daySeconds)
            while day < days.upperBound {
                let from = day - AnomalyModel.historySeconds
                models[id, default: [:]][day] = AnomalyModel(
                    history: values.filter { $0.timestamp >= from && $0.timestamp + period <= day },
                    period: period
                )
                day = day + Self.daySeconds
            }
        }
    }

    /// Computes the values of an alarm's metrics in advance for all evaluations at `steps`.
    package mutating func tabulate(_ definition: AlarmDefinition, steps: [Timestamp]) {
        guard let range = definition.dataRange(steps: steps) else { return }
        for metric in definition.metrics { tabulate(metric, range) }
    }

    /// Computes the values of a metric in advance for all evaluations whose data is in a range; evaluations that use the
    /// same periods share the work.
    package mutating func tabulate(_ metric: AlarmMetric, _ range: AlarmDataRange) {
        guard case .wallClock(let zone) = range.window else {
            tables[metric] = PeriodTable(self[metric.reference], metric, range)
            return
        }
        let bounds = zone.bounds(ofPeriod: metric.period, from: range.from, to: range.to)
        clockTables[metric] = zip(bounds, bounds.dropFirst()).reduce(into: [:]) { table, bounds in
            table[bounds.0] = value(of: metric, from: bounds.0, to: bounds.1)
        }
    }
}
