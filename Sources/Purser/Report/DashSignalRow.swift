import ChatService
import PurserCore

/// A row of the signals table: which metrics it shows, and how.
struct DashSignalRow: Sendable {
    enum Measure: Sendable {
        /// The sums of metrics, per minute.
        case rate([ChatMetric])
        /// The number of a metric's samples above zero, per minute.
        case positives(ChatMetric)
        /// A metric's sum as a percentage of another's.
        case share(ChatMetric, of: ChatMetric)
    }

    typealias Distributions = (ChatMetric) -> Distribution

    var name: String
    var kind: DashFrame.Signal.Kind
    var measure: Measure
    var isPart = false
    /// Whether the samples are amounts, and not one for each event.
    var hasAmounts = false
    /// More metrics that say the same as the row.
    var related: [ChatMetric] = []
    /// Metrics that an alarm on the row may use too.
    var context: [ChatMetric] = []

    static let all: [DashSignalRow] = [
        DashSignalRow(name: "invocations", kind: .traffic, measure: .rate([.invocations])),
        DashSignalRow(
            name: "errors",
            kind: .failures,
            measure: .share(.errors, of: .invocations),
            related: [.serverErrors],
            context: [.unavailableRequests, .ledgerErrors]
        ),
        DashSignalRow(name: "throttled", kind: .failures, measure: .positives(.throttles)),
        refused,
        DashSignalRow(name: "tokens in", kind: .traffic, measure: .rate([.inputTokens]), hasAmounts: true),
        DashSignalRow(name: "tokens out", kind: .traffic, measure: .rate([.outputTokens]), hasAmounts: true),
    ]

    static let refused = DashSignalRow(
        name: "refused",
        kind: .refusals,
        measure: .rate([.clientErrors, .unavailableRequests, .ledgerErrors]),
        related: DashBuilder.refusalMetrics
    )

    var format: DashFrame.Signal.Format {
        if case .share = measure { .percent } else { .perMinute }
    }

    /// The metrics that the row is computed from.
    var metrics: [ChatMetric] {
        switch measure {
        case .rate(let metrics): metrics
        case .positives(let metric): [metric]
        case .share(let part, let whole): [part, whole]
        }
    }

    /// Returns the row's value in a stretch of time; nil if it has no samples.
    func value(_ distributions: Distributions, minutes: Double) -> Double? {
        let seen = metrics.map(distributions).filter { !$0.isEmpty }
        guard !seen.isEmpty, minutes > 0 else { return nil }
        switch measure {
        case .rate: return seen.reduce(0) { $0 + $1.sum } / minutes
        case .positives: return Double(seen[0].positiveCount) / minutes
        case .share(let part, let whole):
            let whole = distributions(whole).sum
            return whole == 0 ? nil : 100 * distributions(part).sum / whole
        }
    }

    /// Returns the usual range of a value that is computed over `minutes`, from the hours of earlier days.
    func usualRange(_ hours: [Distributions], now: Distributions, minutes: Double) -> UsualRange? {
        switch measure {
        case .rate(let metrics):
            let rates = hours.map { hour -> (sum: Double, events: Double) in
                let sum = metrics.reduce(0) { $0 + hour($1).sum }
                return (sum, hasAmounts ? metrics.reduce(0) { $0 + Double(hour($1).count) } : sum)
            }
            return UsualRange(rates: rates, minutes: minutes, hasAmounts: hasAmounts)
        case .positives(let metric):
            let counts = hours.map { Double($0(metric).positiveCount) }
            return UsualRange(rates: counts.map { ($0, $0) }, minutes: minutes, hasAmounts: false)
        case .share(let part, let whole):
            return UsualRange(shares: hours.map { ($0(part).sum, $0(whole).sum) }, whole: now(whole).sum)
        }
    }

    /// Returns whether an alarm is about this row: about one of its metrics, and about none of another row's. Calls alone
    /// count only for the row of the calls.
    func isWatched(by alarm: AlarmDefinition) -> Bool {
        let watched = Set(
            alarm.metrics.filter { $0.metric.namespace == ChatMetric.namespace }
                .compactMap { ChatMetric(rawValue: $0.metric.name) }
        )
        let own = Set(metrics + related)
        let telling = watched.subtracting([.invocations])
        if telling.isEmpty { return watched == own }
        return !telling.isDisjoint(with: own) && telling.isSubset(of: own.union(context))
    }
}

extension Distribution {
    /// How many of the samples are above zero.
    fileprivate var positiveCount: Int {
        // Without a histogram: as many as there could be if each was 1.
        count - (count(atMost: 0) ?? max(0, count - Int(min(Double(count), sum.rounded(.up)))))
    }
}
