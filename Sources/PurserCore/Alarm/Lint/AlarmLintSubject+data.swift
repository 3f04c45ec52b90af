/// Alarms that need data that does not exist.
extension AlarmLintSubject {
    func data() -> [AlarmLintMessage] {
        var messages = alarm.missingParameters.map { name -> AlarmLintMessage in
            (.noData, "is not watched: \(name) has no value; give it one with --parameter \(name)=VALUE")
        }
        for metric in Set(alarm.metrics.map(\.reference)).sorted(by: { $0.metric < $1.metric }) {
            if alarm.period < 60, isByTheMinute(metric.metric) {
                let sentence = "\(metric.metric) has one datapoint per minute, but the period is \(alarm.period) s"
                messages.append((.periodFinerThanData, sentence + "; set Period to 60 or more"))
            }
            guard let series = context.series, alarm.missingParameters.isEmpty else { continue }
            let sameMetric = series.filter { $0.metric == metric.metric }
            if sameMetric.isEmpty {
                let sentence = "the store has no datapoint of \(metric.metric)"
                messages.append(
                    (.noData, sentence + "; purser metrics list shows the names and dimensions that it has")
                )
            } else if let unit = metric.unit, !sameMetric.contains(where: { $0.unit == unit }) {
                let units = sameMetric.map(\.unit.rawValue).joined(separator: ", ")
                let sentence = "the store has \(metric.metric) in \(units) but not in \(unit.rawValue)"
                messages.append((.noData, sentence + "; set Unit to what the data has"))
            }
        }
        return messages + silence
    }

    /// Whether a metric has one datapoint a minute, as Purser's derived metrics and those of AWS services do.
    private func isByTheMinute(_ metric: Metric) -> Bool {
        context.minuteMetrics.contains(metric) || metric.namespace.hasPrefix("AWS/")
    }

    private var silence: [AlarmLintMessage] {
        guard let condition = alarm.condition else { return [] }
        var messages: [AlarmLintMessage] = []
        if condition.evaluateLowSampleCountPercentile == .ignore, case .metric(let metric) = alarm.rule,
            case .percentile(let percent) = metric.statistic
        {
            let tail = percent >= 50 ? 100 - percent : percent
            if tail > 0 {
                let needed = (1000 / tail - 1e-6).rounded(.up)
                let sentence =
                    "with fewer than \(Self.text(needed)) samples in \(AlarmEvaluation.text(period: alarm.period)) the state is kept"
                messages.append(
                    (.lowTrafficSilenced, sentence + "; leave EvaluateLowSampleCountPercentile out, or lengthen Period")
                )
            }
        }
        if alarm.actionsEnabled, condition.missingDataTreatment == .missing,
            !alarm.takesActions(in: .insufficientData), !isSilentOnPurpose
        {
            let sentence = "missing data leads to INSUFFICIENT_DATA, and no one is notified"
            messages.append((.noDataUnheard, sentence + "; set InsufficientDataActions or another TreatMissingData"))
        }
        return messages
    }
}
