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

    static let start = Timestamp(year: 2026, month: 11, day: 2)

    let requestsPerHour: Double
    /// The series that are recorded.
    let references: Set<MetricReference>

    static func reference(_ metric: ChatMetric) -> MetricReference {
        MetricReference(metric.metric, unit: metric.unit)
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
        var (time, first): (Double, Double?) = (0, nil)
        while true {
            time -= log(1 - random.unit()) * 60 / requestsPerHour
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
    private var latencies = DistributionAccumulator()
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
        if metric == .latency {
            if let one = Distribution(value: value) { latencies.add(one) }
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
            append(metric, samples)
        }
        counts.removeAll(keepingCapacity: true)
        append(.latency, latencies.distribution)
        latencies.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ metric: ChatMetric, _ distribution: Distribution) {
        let reference = Traffic.reference(metric)
        guard !distribution.isEmpty, references.contains(reference) else { return }
        slots[reference, default: []].append(Slot(start: Traffic.start + minute * 60, distribution: distribution))
    }

    var data: AlarmData {
        var copy = self
        copy.close()
        return AlarmData(copy.slots.mapValues(SlotSeries.init))
    }
}
