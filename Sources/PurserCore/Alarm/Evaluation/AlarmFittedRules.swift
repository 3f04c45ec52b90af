/// Rules of CloudWatch alarms that its documentation does not state. Every rule that was fitted to observed behaviour
/// is here, and docs/alarms.md lists them.
enum AlarmFittedRules {
    /// How many seconds CloudWatch waits for the datapoints of a metric; metric math is not delayed.
    static let arrivalDelaySeconds = 10

    /// Returns how many periods CloudWatch looks at: the evaluation periods and some more, for data that arrives late.
    ///
    /// A wall clock window has no more than the evaluation periods: in the user guide's example, a day without a backup
    /// is not made up for by the day before.
    static func rangePeriods(evaluationPeriods: Int, period: Int, window: EvaluationWindow) -> Int {
        window == .sliding ? evaluationPeriods + (period >= 60 ? 2 : 60 / period) : evaluationPeriods
    }

    /// Returns the latest time at which the newest period may end.
    static func windowEnd(at time: Timestamp, isMath: Bool) -> Timestamp {
        time - (isMath ? 0 : arrivalDelaySeconds)
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
