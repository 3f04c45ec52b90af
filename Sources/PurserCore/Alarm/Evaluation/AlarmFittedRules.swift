/// What CloudWatch does and its documentation does not say: every rule of alarms that was fitted to its observed
/// behaviour stands here, and docs/alarms.md lists them.
enum AlarmFittedRules {
    /// How many seconds CloudWatch waits for the datapoints of a metric; metric math is not delayed.
    static let arrivalDelaySeconds = 10

    /// How many periods CloudWatch looks at: the evaluation periods and some more, for data that comes late.
    static func rangePeriods(evaluationPeriods: Int, period: Int) -> Int {
        evaluationPeriods + (period >= 60 ? 2 : 60 / period)
    }

    /// Where the newest period ends. Periods are counted back from there, so that they slide with every evaluation.
    static func windowEnd(at time: Timestamp, period: Int, evaluationPeriods: Int, isMath: Bool) -> Timestamp {
        let delay = isMath ? 0 : arrivalDelaySeconds
        return (time - delay).floored(toSeconds: windowGrain(period: period, evaluationPeriods: evaluationPeriods))
    }

    /// By how many seconds windows slide.
    static func windowGrain(period: Int, evaluationPeriods: Int) -> Int {
        period < 60 ? period : period * evaluationPeriods > 86_400 ? 3600 : 60
    }

    /// Whether datapoints of few samples keep the state under EvaluateLowSampleCountPercentile=ignore: any one of those
    /// that would decide is enough.
    static func isStateKept(sampleCounts: [Int], percent: Double) -> Bool {
        sampleCounts.contains { !isSignificant(samples: $0, percent: percent) }
    }

    /// Whether a percentile means something: with 10/(1-p) samples from the median up, 10/p below it, as documented.
    private static func isSignificant(samples: Int, percent: Double) -> Bool {
        let tail = percent >= 50 ? 100 - percent : percent
        // 100 - 99.9 is a little less than 0.1 in doubles: 10,000 samples must still do.
        return Double(samples) * tail >= 1000 - 1e-6
    }

    /// How many datapoints a reason names; from this many on it says that they are the most recent.
    static let mostNamedDatapoints = 5
}
