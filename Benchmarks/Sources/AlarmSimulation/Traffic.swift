import Foundation
import Purser
import PurserCore

/// Requests that arrive at random (a Poisson process), as the chat service records them: errors, invocations, latency.
struct Traffic: Sendable {
    /// What is wrong during an incident.
    enum Incident: Sendable {
        case errors
        case slowness
    }

    static let errorShare = 0.01
    static let incidentErrorShare = 0.3
    static let medianSeconds = 2.0
    /// The log-normal deviation with which 0.3 % of the requests are slower than 10 s: ln(10/2) divided by the normal
    /// distribution's 99.7 % quantile.
    static let deviation = log(10 / medianSeconds) / 2.747781
    static let incidentSlowShare = 0.2
    /// In a slow incident, the slow requests take 10 s and, on average, this much more.
    static let incidentExtraSeconds = 10.0

    static let start = Timestamp(year: 2026, month: 11, day: 2)
    static let errors = reference("Errors", .count)
    static let invocations = reference("Invocations", .count)
    static let latency = reference("Latency", .seconds)

    let requestsPerHour: Double

    private static func reference(_ name: String, _ unit: MetricUnit) -> MetricReference {
        MetricReference(Metric(namespace: "ChatService", name: name), unit: unit)
    }

    /// Returns the data of the first `minutes` after ``start``, one slot for each minute with requests.
    ///
    /// `during` gives the minutes of the incident. The data before an incident's end does not depend on when it ends.
    func data(
        minutes: Int,
        seed: UInt64,
        _ incident: Incident? = nil,
        during: Range<Double> = 0..<0
    ) -> AlarmData {
        var random = SeededRandom(seed: seed)
        var recording = Recording()
        var time = 0.0
        while true {
            time -= log(1 - random.unit()) * 60 / requestsPerHour
            guard time < Double(minutes) else { return recording.data }
            let current = during.contains(time) ? incident : nil
            let share = current == .errors ? Self.incidentErrorShare : Self.errorShare
            let isError = random.unit() < share
            recording.add(minute: Int(time), isError: isError, seconds: Self.seconds(current, &random))
        }
    }

    private static func seconds(_ incident: Incident?, _ random: inout SeededRandom) -> Double {
        // The same random numbers are drawn in every case, so an incident changes only the requests during it.
        let (slow, extra) = (random.unit(), -log(1 - random.unit()) * incidentExtraSeconds)
        let (radius, angle) = ((-2 * log(1 - random.unit())).squareRoot(), 2 * Double.pi * random.unit())
        if incident == .slowness, slow < incidentSlowShare { return 10.000001 + extra }
        return medianSeconds * exp(deviation * radius * cos(angle))
    }
}

/// The three series, minute by minute.
private struct Recording {
    private var minute = -1
    private var count = 0
    private var errorCount = 0
    private var latencies = DistributionAccumulator()
    private var slots: [MetricReference: [Slot]] = [:]

    /// Minutes must be non-decreasing.
    mutating func add(minute: Int, isError: Bool, seconds: Double) {
        if minute != self.minute { close() }
        self.minute = minute
        count += 1
        errorCount += isError ? 1 : 0
        if let one = Distribution(value: seconds) { latencies.add(one) }
    }

    private mutating func close() {
        guard count > 0 else { return }
        var errors = Distribution(value: 0, count: count - errorCount) ?? .empty
        errors.merge(Distribution(value: 1, count: errorCount) ?? .empty)
        append(Traffic.errors, errors)
        append(Traffic.invocations, Distribution(value: 1, count: count) ?? .empty)
        append(Traffic.latency, latencies.distribution)
        latencies.removeAll(keepingCapacity: true)
        (count, errorCount) = (0, 0)
    }

    private mutating func append(_ reference: MetricReference, _ distribution: Distribution) {
        slots[reference, default: []].append(Slot(start: Traffic.start + minute * 60, distribution: distribution))
    }

    var data: AlarmData {
        var copy = self
        copy.close()
        return AlarmData(copy.slots.mapValues(SlotSeries.init))
    }
}
