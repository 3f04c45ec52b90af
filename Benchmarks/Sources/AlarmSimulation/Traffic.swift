import Foundation
import Purser
import PurserCore

/// Requests that arrive at random (a Poisson process), as the chat service records them.
struct Traffic: Sendable {
    /// What is wrong during an incident.
    enum Incident: Sendable, Equatable {
        case errors
        case slowness
        /// Every request is refused.
        case refusals(Refusal)
        /// There are so many times as many requests.
        case loop
        /// Every request costs so many times as much.
        case price
        /// No cache is read, because each prompt differs.
        case trap
        /// There are so many requests that they use the whole quota of tokens per minute.
        case fullQuota
    }

    /// A refusal that is the service's own reason.
    struct Refusal: Sendable, Equatable {
        let metric: ChatMetric
        /// Refusals without it have a 4xx status.
        var isServerError = false

        static let all = [
            Refusal(metric: .quotaRefusals), Refusal(metric: .budgetRefusals), Refusal(metric: .unpricedRequests),
            Refusal(metric: .unavailableRequests, isServerError: true),
            Refusal(metric: .ledgerErrors, isServerError: true),
        ]
    }

    static let errorShare = 0.01
    static let incidentErrorShare = 0.2
    /// The requests that are refused for a reason of the caller, such as expired credentials.
    static let refusedShare = 0.01
    static let medianSeconds = 2.0
    /// The log-normal deviation with which 0.3 % of the requests are slower than 10 s: ln(10/2) divided by the normal
    /// distribution's 99.7 % quantile.
    static let deviation = log(10 / medianSeconds) / 2.747781
    static let incidentSlowdown = 4.0
    static let incidentSpendFactor = 5.0

    /// The mean cost of a request without its cached part, in dollars, and the log-normal deviation of costs and tokens.
    static let meanCost = 0.003
    static let costDeviation = 1.0
    /// What the cached part of a prompt costs as plain input; a read costs a tenth of it and a write five quarters.
    static let prefixCost = 0.002
    static let cacheMinutes = 5.0
    /// The mean tokens of a request as the quota counts them.
    static let meanTokens = 3000.0
    static let leastQuota = 200_000.0

    /// The quota of tokens per minute: four times the mean use, or more.
    var quota: Double {
        max(Self.leastQuota, 4 * requestsPerHour / 60 * Self.meanTokens)
    }

    static let start = Timestamp(year: 2026, month: 11, day: 2)

    let requestsPerHour: Double
    /// The series that are recorded.
    let references: Set<MetricReference>
    /// Whether there are more requests by day than by night, and fewer at weekends.
    let isSeasonal: Bool

    static func reference(_ metric: ChatMetric) -> MetricReference {
        MetricReference(metric.metric, unit: metric.unit)
    }

    static let quotaUse = MetricReference(
        MetricReader.Derived.tpmQuotaUsed.metric,
        unit: MetricReader.Derived.tpmQuotaUsed.unit
    )

    /// Returns how many times as many requests arrive as on average, at a minute of the simulation.
    private func intensity(at minute: Double, _ incident: Incident?) -> Double {
        var factor = 1.0
        if isSeasonal {
            let (day, hour) = (Int(minute / 1440) % 7, (minute / 60).truncatingRemainder(dividingBy: 24))
            let daylight = (7..<21).contains(hour) ? sin((hour - 7) / 14 * .pi) : 0
            // The mean over a week is 1.
            factor = (0.25 + 1.5 * daylight) * (day < 5 ? 1 : 0.4) / 0.6688
        }
        switch incident {
        case .loop: return factor * Self.incidentSpendFactor
        case .fullQuota: return quota / Self.meanTokens * 60 / requestsPerHour
        default: return factor
        }
    }

    /// Returns the data of the first `minutes` after ``start``, one slot for each minute with requests, and the minute of
    /// the first request during the incident.
    ///
    /// `during` gives the minutes of the incident. The data before an incident's end does not depend on when it ends.
    func data(
        minutes: Int,
        seed: UInt64,
        _ incident: Incident? = nil,
        during: Range<Double> = 0..<0
    ) -> (data: AlarmData, first: Double?) {
        var random = SeededRandom(seed: seed)
        var recording = Recording(references: references)
        let recordsLatency = references.contains(Self.reference(.latency))
        let recordsSpend = references.contains(Self.reference(.estimatedCost)) || references.contains(Self.quotaUse)
        var (time, first): (Double, Double?) = (0, nil)
        var cachedUntil = 0.0
        while true {
            let before = during.contains(time) ? incident : nil
            time -= log(1 - random.unit()) * 60 / requestsPerHour / intensity(at: time, before)
            guard time < Double(minutes) else { return (recording.data, first) }
            recording.begin(minute: Int(time))
            let current = during.contains(time) ? incident : nil
            if current != nil, first == nil { first = time }
            // The same random numbers are drawn in every case, so an incident changes only the requests during it.
            let (refused, failed) = (random.unit() < Self.refusedShare, random.unit())
            let seconds = recordsLatency ? Self.medianSeconds * exp(Self.deviation * Self.normal(&random)) : 0
            if case .refusals(let refusal) = current {
                recording.add(refusal.metric, 1)
                recording.add(.clientErrors, refusal.isServerError ? 0 : 1)
                recording.add(.serverErrors, refusal.isServerError ? 1 : 0)
                continue
            }
            recording.add(.clientErrors, refused ? 1 : 0)
            guard !refused else { continue }
            let isError = failed < (current == .errors ? Self.incidentErrorShare : Self.errorShare)
            recording.add(.invocations, 1)
            recording.add(.errors, isError ? 1 : 0)
            recording.add(.serverErrors, isError ? 1 : 0)
            if recordsLatency {
                recording.add(.latency, current == .slowness ? Self.incidentSlowdown * seconds : seconds)
            }
            guard recordsSpend else { continue }
            // The mean of a log-normal variable with this factor is 1.
            let size = exp(Self.costDeviation * Self.normal(&random) - Self.costDeviation * Self.costDeviation / 2)
            let isRead = time < cachedUntil && current != .trap
            cachedUntil = time + Self.cacheMinutes
            let cost = size * Self.meanCost + Self.prefixCost * (isRead ? 0.1 : 1.25)
            recording.add(.estimatedCost, current == .price ? Self.incidentSpendFactor * cost : cost)
            recording.add(.cacheSavings, Self.prefixCost * (isRead ? 0.9 : -0.25))
            recording.quotaPercent += 100 * size * Self.meanTokens / quota
        }
    }

    private static func normal(_ random: inout SeededRandom) -> Double {
        let (radius, angle) = ((-2 * log(1 - random.unit())).squareRoot(), 2 * Double.pi * random.unit())
        return radius * cos(angle)
    }
}

/// The series that an alarm needs, minute by minute.
private struct Recording {
    let references: Set<MetricReference>
    private var minute = -1
    /// The current minute's zeros and ones.
    private var counts: [ChatMetric: (zeros: Int, ones: Int)] = [:]
    /// The current minute's values of other metrics.
    private var values: [ChatMetric: DistributionAccumulator] = [:]
    /// How much of the quota of tokens the current minute has used.
    var quotaPercent = 0.0
    private var slots: [MetricReference: [Slot]] = [:]

    init(references: Set<MetricReference>) {
        self.references = references
    }

    /// Minutes must be non-decreasing.
    mutating func begin(minute: Int) {
        if minute != self.minute { close() }
        self.minute = minute
    }

    mutating func add(_ metric: ChatMetric, _ value: Double) {
        if [.latency, .estimatedCost, .cacheSavings].contains(metric) {
            guard references.contains(Traffic.reference(metric)), let one = Distribution(value: value) else { return }
            values[metric, default: DistributionAccumulator()].add(one)
        } else if value == 0 {
            counts[metric, default: (0, 0)].zeros += 1
        } else {
            counts[metric, default: (0, 0)].ones += 1
        }
    }

    private mutating func close() {
        for (metric, count) in counts {
            var samples = Distribution(value: 0, count: count.zeros) ?? .empty
            samples.merge(Distribution(value: 1, count: count.ones) ?? .empty)
            append(Traffic.reference(metric), samples)
        }
        counts.removeAll(keepingCapacity: true)
        for (metric, accumulator) in values { append(Traffic.reference(metric), accumulator.distribution) }
        values.removeAll(keepingCapacity: true)
        if quotaPercent > 0 { append(Traffic.quotaUse, Distribution(value: quotaPercent) ?? .empty) }
        quotaPercent = 0
    }

    private mutating func append(_ reference: MetricReference, _ distribution: Distribution) {
        guard !distribution.isEmpty, references.contains(reference) else { return }
        slots[reference, default: []].append(Slot(start: Traffic.start + minute * 60, distribution: distribution))
    }

    var data: AlarmData {
        var copy = self
        copy.close()
        return AlarmData(copy.slots.mapValues(SlotSeries.init))
    }
}
