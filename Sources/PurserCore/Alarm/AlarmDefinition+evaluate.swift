extension AlarmDefinition {
    /// How many seconds lie between two evaluations: 10 for periods below a minute, an hour for alarms that look back
    /// more than a day, else a minute.
    public var evaluationIntervalSeconds: Int {
        if period < 60 { return 10 }
        return period * condition.evaluationPeriods > 86_400 ? 3600 : 60
    }

    /// The time whose data an evaluation at `time` looks at: whole periods, counted back from the range's end.
    public func evaluationRange(at time: Timestamp) -> Range<Timestamp> {
        let isMath = if case .math = rule { true } else { false }
        let periods = condition.evaluationPeriods
        let end = AlarmFittedRules.windowEnd(at: time, period: period, evaluationPeriods: periods, isMath: isMath)
        let count = AlarmFittedRules.rangePeriods(evaluationPeriods: periods, period: period)
        return (end - count * period)..<end
    }

    /// The alarm's verdict at `time`, given its data and its state until then: a function of these alone.
    public func evaluate(data: AlarmData, previous: AlarmState, at time: Timestamp) -> AlarmEvaluation {
        let range = evaluationRange(at: time)
        let window = AlarmWindow(points(data, range), condition)
        guard !isKeptByFewSamples(window), let state = AlarmStateMachine.state(of: window, condition) else {
            return AlarmEvaluation(state: previous, range: range, window: window)
        }
        return AlarmEvaluation(
            state: state,
            reason: StateReason.text(state, window, condition),
            reasonData: StateReasonData.json(state, window, self, at: time).text(),
            range: range,
            window: window
        )
    }

    private func isKeptByFewSamples(_ window: AlarmWindow) -> Bool {
        guard condition.evaluateLowSampleCountPercentile == .ignore, case .metric(let metric) = rule,
            case .percentile(let percent) = metric.statistic
        else { return false }
        return AlarmFittedRules.isStateKept(sampleCounts: window.used.compactMap(\.sampleCount), percent: percent)
    }

    /// One point a period of the range, oldest first.
    private func points(_ data: AlarmData, _ range: Range<Timestamp>) -> [AlarmPoint] {
        switch rule {
        case .metric(let metric):
            metric.distributions(data, range).enumerated().map { index, distribution in
                let value = metric.statistic.value(of: distribution)
                let count = value == nil ? nil : distribution.count
                return AlarmPoint(timestamp: range.lowerBound + index * period, value: value, sampleCount: count)
            }
        case .math(let math):
            math.values(data, range).enumerated().map { index, value in
                AlarmPoint(timestamp: range.lowerBound + index * period, value: value)
            }
        }
    }
}

extension AlarmMetric {
    /// What was recorded in each period of a range.
    fileprivate func distributions(_ data: AlarmData, _ range: Range<Timestamp>) -> [Distribution] {
        data[reference].merged(from: range.lowerBound, to: range.upperBound, period: period)
    }
}

extension AlarmMath {
    /// The watched result for each period of a range; nil where there is none.
    fileprivate func values(_ data: AlarmData, _ range: Range<Timestamp>) -> [Double?] {
        let count = Int((range.upperBound - range.lowerBound) / (Int64(period) * 1000))
        let frame = MetricMathFrame(start: range.lowerBound, period: period, count: count)
        let context = MetricMathContext(frame: frame, metrics: metricIds)
        var results: [String: MetricMathValue] = [:]
        // METRICS may stand before the metrics.
        var open = queries.filter(\.isMetric) + queries.filter { !$0.isMetric }
        // Whatever can be computed is, round by round: expressions may stand before what they use.
        while !open.isEmpty {
            var waiting: [Query] = []
            for query in open {
                switch query.source {
                case .metric(let metric):
                    let distributions = metric.distributions(data, range)
                    results[query.id] = .series(distributions.map { metric.statistic.value(of: $0) })
                case .expression(let expression, _):
                    if expression.references.allSatisfy({ results[$0.id] != nil }) {
                        results[query.id] = expression.evaluate(results, in: context)
                    } else {
                        waiting.append(query)
                    }
                }
            }
            if waiting.count == open.count { break }
            open = waiting
        }
        return (watched.flatMap { results[$0.id] } ?? .scalar(nil)).points(count)
    }
}
