import Purser
import PurserCore

/// One alarm under one kind of traffic, evaluated every minute as by `purser evaluate`.
struct Trial: Sendable {
    /// How an incident ended.
    struct Detection: Sendable {
        /// From the incident's first second; nil if the alarm did not go off in time.
        var minutes: Double?
        /// From the end of the incident, at its detection, until the alarm was OK; nil if it was not OK within the limit.
        var minutesToOK: Double?
    }

    static let weekMinutes = 7 * 24 * 60
    /// The maximum duration of an incident, and the maximum time in which an alarm may return to OK.
    static let longestMinutes = 6 * 60
    static let longestReturnMinutes = 24 * 60

    let alarm: AlarmDefinition
    let traffic: Traffic

    /// The incident that the alarm is meant to detect.
    var incident: Traffic.Incident {
        alarm.metricReferences.contains(Traffic.latency) ? .slowness : .errors
    }

    /// Minutes before anything is counted, so that the whole evaluation range has data.
    private var warmUpMinutes: Int {
        let range = alarm.evaluationRange(at: Traffic.start)
        return Int((range.upperBound - range.lowerBound) / 60_000) + 2
    }

    private func evaluate(_ data: AlarmData, _ previous: AlarmState, minute: Int) -> AlarmState {
        alarm.evaluate(data: data, previous: previous, at: Traffic.start + minute * 60).state
    }

    /// Returns how often the alarm goes off in a week without an incident.
    func falseAlarms(seed: UInt64) -> Int {
        let first = warmUpMinutes
        let data = traffic.data(minutes: first + Self.weekMinutes, seed: seed)
        var state = evaluate(data, .ok, minute: first)
        var count = 0
        for minute in first + 1...first + Self.weekMinutes {
            let next = evaluate(data, state, minute: minute)
            if next == .alarm, state != .alarm { count += 1 }
            state = next
        }
        return count
    }

    /// Simulates an incident that begins at a random second and ends when the alarm goes off; nil if the alarm was already on.
    func detection(seed: UInt64) -> Detection? {
        var random = SeededRandom(seed: ~seed)
        let first = warmUpMinutes
        let start = Double(first) + random.unit()
        let end = start + Double(Self.longestMinutes)
        var data = traffic.data(minutes: first + Self.longestMinutes + 1, seed: seed, incident, during: start..<end)
        var state = evaluate(data, .ok, minute: first)
        guard state != .alarm else { return nil }
        var minute = first
        while state != .alarm {
            minute += 1
            guard Double(minute) <= end else { return Detection() }
            state = evaluate(data, state, minute: minute)
        }
        let detected = minute
        let minutes = detected + Self.longestReturnMinutes
        data = traffic.data(minutes: minutes, seed: seed, incident, during: start..<Double(detected))
        while state == .alarm, minute < minutes {
            minute += 1
            state = evaluate(data, state, minute: minute)
        }
        let minutesToOK = state == .alarm ? nil : Double(minute - detected)
        return Detection(minutes: Double(detected) - start, minutesToOK: minutesToOK)
    }
}
