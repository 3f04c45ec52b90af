/// Rules of CloudWatch alarms that its documentation does not state. Every rule that was fitted to observed behaviour
/// is here, and docs/alarms.md lists them.
enum AlarmFittedRules {
    /// How many seconds CloudWatch waits for the datapoints of a metric; metric math is not delayed.
    static let arrivalDelaySeconds = 10

    /// Returns how many periods CloudWatch looks at: the evaluation periods and some more, for data that arrives late.
    static func rangePeriods(evaluationPeriods: Int, period: Int) -> Int {
        evaluationPeriods + (period >= 60 ? 2 : 60 / period)
    }

    /// Returns the end of the newest period. Periods are counted back from it, so they slide with every evaluation.
    static func windowEnd(at time: Timestamp, period: Int, evaluationPeriods: Int, isMath: Bool) -> Timestamp {
        let delay = isMath ? 0 : arrivalDelaySeconds
        return (time - delay).floored(toSeconds: windowGrain(period: period, evaluationPeriods: evaluationPeriods))
    }

    /// Returns the number of seconds by which windows slide.
    static func windowGrain(period: Int, evaluationPeriods: Int) -> Int {
        period < 60 ? period : period * evaluationPeriods > 86_400 ? 3600 : 60
    }

    /// Whether datapoints with few samples keep the state under EvaluateLowSampleCountPercentile=ignore: one such
    /// datapoint among those that would decide is enough.
    static func isStateKept(sampleCounts: [Int], percent: Double) -> Bool {
        sampleCounts.contains { !isSignificant(samples: $0, percent: percent) }
    }

    /// Whether a percentile is significant. As documented, it needs 10/(1-p) samples from the median up, and 10/p below
    /// it.
    private static func isSignificant(samples: Int, percent: Double) -> Bool {
        let tail = percent >= 50 ? 100 - percent : percent
        // 100 - 99.9 is a little less than 0.1 in doubles, and 10,000 samples must still be enough.
        return Double(samples) * tail >= 1000 - 1e-6
    }

    /// The most datapoints that a reason names; from this number on, it says that they are the most recent.
    static let mostNamedDatapoints = 5
}
