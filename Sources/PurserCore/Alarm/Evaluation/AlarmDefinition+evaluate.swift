extension AlarmDefinition {
    /// The seconds between two evaluations: 10 for periods below a minute, an hour for alarms that look back more than
    /// a day, otherwise a minute.
    package var evaluationIntervalSeconds: Int {
        guard let condition else { return 60 }
        if period < 60 { return 10 }
        return period * condition.evaluationPeriods > 86_400 ? 3600 : 60
    }

    /// Whether the alarm is evaluated at `time`.
    package func isDue(at time: Timestamp) -> Bool {
        time == time.floored(toSeconds: evaluationIntervalSeconds)
    }

    /// Returns the time range that an evaluation at `time` looks at: whole periods, counted back from the range's end.
    /// It is empty for a composite alarm.
    package func evaluationRange(at time: Timestamp) -> Range<Timestamp> {
        let frame = evaluationFrame(at: time)
        return frame.start..<frame.end
    }

    /// Returns the periods that an evaluation at `time` looks at; none for a composite alarm.
    func evaluationFrame(at time: Timestamp) -> MetricMathFrame {
        guard let condition else { return MetricMathFrame(start: time, period: period, count: 0) }
        let isMath = if case .math = rule { true } else { false }
        let (periods, window) = (condition.evaluationPeriods, condition.window)
        let latest = AlarmFittedRules.windowEnd(at: time, isMath: isMath)
        let count = AlarmFittedRules.rangePeriods(evaluationPeriods: periods, period: period, window: window)
        switch window {
        case .sliding:
            let grain = AlarmFittedRules.windowGrain(period: period, evaluationPeriods: periods)
            let end = latest.floored(toSeconds: grain)
            return MetricMathFrame(start: end - count * period, period: period, count: count)
        case .wallClock(let zone):
            return MetricMathFrame(
                bounds: zone.bounds(ofPeriod: period, count: count, endingBy: latest),
                period: period
            )
        }
    }

    /// Evaluates a metric alarm at `time`. The result depends only on `time`, its data and its previous state.
    ///
    /// A composite alarm has no data and keeps its state here; ``AlarmTimeline`` knows the alarms that it names.
    package func evaluate(data: AlarmData, previous: AlarmState, at time: Timestamp) -> AlarmEvaluation {
        let frame = evaluationFrame(at: time)
        guard let condition else {
            return AlarmEvaluation(previous, reason: "", reasonData: "", children: [], words: "", at: time)
        }
        let window = AlarmWindow(points(data, frame), condition)
        let decided =
            isKeptByFewSamples(window, condition) ? nil : AlarmStateMachine.state(of: window, condition)
        return AlarmEvaluation(decided, else: previous, window, self, range: frame.start..<frame.end, at: time)
    }

    private func isKeptByFewSamples(_ window: AlarmWindow, _ condition: AlarmCondition) -> Bool {
        guard condition.evaluateLowSampleCountPercentile == .ignore, case .metric(let metric) = rule,
            case .percentile(let percent) = metric.statistic
        else { return false }
        return AlarmFittedRules.isStateKept(sampleCounts: window.used.compactMap(\.sampleCount), percent: percent)
    }

    /// Returns one point for each period of the frame, oldest first.
    private func points(_ data: AlarmData, _ frame: MetricMathFrame) -> [AlarmPoint] {
        switch rule {
        case .metric(let metric):
            data.values(of: metric, frame).enumerated().map { index, seen in
                AlarmPoint(
                    timestamp: frame.time(index),
                    value: seen.value,
                    sampleCount: seen.value == nil ? nil : seen.count
                )
            }
        case .math(let math): math.points(data, frame)
        case .composite: []
        }
    }
}

extension AlarmMath {
    /// Returns the value of each query for each period of a frame, given the bands around those that have one.
    func results(
        _ data: AlarmData,
        _ frame: MetricMathFrame,
        bands: [String: AnomalyBandPoints]
    ) -> [String: MetricMathValue] {
        let context = MetricMathContext(frame: frame, metrics: metricIds, bands: bands)
        var results: [String: MetricMathValue] = [:]
        for index in order {
            let query = queries[index]
            switch query.source {
            case .metric(let metric): results[query.id] = .series(data.values(of: metric, frame).map(\.value))
            case .expression(let expression, _): results[query.id] = expression.evaluate(results, in: context)
            }
        }
        return results
    }

    /// Returns the watched result for each period of a frame, with the band that it is compared with, if there is one.
    fileprivate func points(_ data: AlarmData, _ frame: MetricMathFrame) -> [AlarmPoint] {
        let bands = bandedIds.reduce(into: [:]) { $0[$1] = data.band(of: $1, frame) }
        let results = results(data, frame, bands: bands)
        let values = (watched.flatMap { results[$0.id] } ?? .scalar(nil)).points(frame.count)
        guard let thresholdMetricId else {
            return values.enumerated().map { AlarmPoint(timestamp: frame.time($0.offset), value: $0.element) }
        }
        var edges: [[Double?]] = []
        if case .array(let elements)? = results[thresholdMetricId] { edges = elements.map(\.points) }
        return values.enumerated().map { index, value in
            // The upper edge is first. A value without a band to compare it with counts as missing.
            guard edges.count == 2, let upper = edges[0].point(index), let lower = edges[1].point(index), lower <= upper
            else { return AlarmPoint(timestamp: frame.time(index)) }
            return AlarmPoint(timestamp: frame.time(index), value: value, band: lower...upper)
        }
    }
}
