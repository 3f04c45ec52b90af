import Purser
import PurserCore

/// One alarm under one kind of traffic, evaluated every minute as by `purser evaluate`.
struct Trial: Sendable {
    /// How an incident ended.
    struct Detection: Sendable {
        /// From the incident's first second, or from the first request that was refused; nil if the alarm did not go off in time.
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

    /// The incidents that the alarm is meant to detect; none if its metrics are not those of requests.
    let incidents: [Traffic.Incident]

    init(alarm: AlarmDefinition, requestsPerHour: Int) {
        self.alarm = alarm
        incidents = Self.incidents(of: alarm)
        traffic = Traffic(
            requestsPerHour: Double(requestsPerHour),
            references: Set(alarm.metricReferences),
            isSeasonal: alarm.usesBand
        )
    }

    static func incidents(of alarm: AlarmDefinition) -> [Traffic.Incident] {
        let references = Set(alarm.metricReferences)
        func reads(_ metric: ChatMetric) -> Bool { references.contains(Traffic.reference(metric)) }
        if reads(.latency) { return [.slowness] }
        if references.contains(Traffic.quotaUse) { return [.fullQuota] }
        if reads(.cacheSavings) { return [.trap] }
        if reads(.estimatedCost) { return [.loop, .price] }
        if reads(.errors) || reads(.serverErrors) { return [.errors] }
        let ceilings: [ChatMetric] = [.quotaRefusals, .budgetRefusals]
        let refusals = Traffic.Refusal.all.filter { reads($0.metric) }
        let others = refusals.filter { !ceilings.contains($0.metric) }
        // An alarm on other refusals reads those of quotas and budgets to leave them out.
        return (others.isEmpty ? refusals : others).map { .refusals($0) }
    }

    /// Minutes before anything is counted, so that the whole evaluation range has data.
    private var warmUpMinutes: Int {
        // What is usual is learned from two weeks.
        if alarm.usesBand { return Self.bandMinutes }
        let range = alarm.evaluationRange(at: Traffic.start)
        return Int((range.upperBound - range.lowerBound) / 60_000) + 2
    }

    private static let bandMinutes = 14 * 24 * 60

    /// Returns the data with the values of evaluations at these minutes, and with what is usual on their days.
    private func prepared(_ data: AlarmData, _ minutes: ClosedRange<Int>) -> AlarmData {
        var prepared = data
        prepared.tabulate(alarm, steps: minutes.map { Traffic.start + $0 * 60 })
        if alarm.usesBand {
            let days =
                Traffic.start + (minutes.lowerBound - 24 * 60) * 60..<Traffic.start + (minutes.upperBound + 1) * 60
            prepared.learn(alarm, from: data, start: Traffic.start, days: days)
        }
        return prepared
    }

    private func evaluate(_ data: AlarmData, _ previous: AlarmState, minute: Int) -> AlarmState {
        alarm.evaluate(data: data, previous: previous, at: Traffic.start + minute * 60).state
    }

    /// Returns how often the alarm goes off in a week without an incident.
    func falseAlarms(seed: UInt64) -> Int {
        let first = warmUpMinutes
        let last = first + Self.weekMinutes
        let data = prepared(traffic.data(minutes: last, seed: seed).data, first...last)
        var state = evaluate(data, .ok, minute: first)
        var count = 0
        for minute in first + 1...last {
            let next = evaluate(data, state, minute: minute)
            if next == .alarm, state != .alarm { count += 1 }
            state = next
        }
        return count
    }

    /// Simulates an incident that begins at a random second and ends when the alarm goes off; nil if the alarm was already
    /// on. `number` chooses one of the alarm's incidents.
    func detection(seed: UInt64, number: Int) -> Detection? {
        let incident = incidents[number % incidents.count]
        var random = SeededRandom(seed: ~seed)
        // Where the time of the week matters, an incident begins at any.
        let before = warmUpMinutes + (alarm.usesBand ? Int(random.unit() * Double(Self.weekMinutes)) : 0)
        var start = Double(before) + random.unit()
        let end = start + Double(Self.longestMinutes)
        let minutes = before + Self.longestMinutes + 1
        let (recorded, first) = traffic.data(minutes: minutes, seed: seed, incident, during: start..<end)
        let data = prepared(recorded, before...minutes)
        if case .refusals = incident, let first { start = first }
        var state = evaluate(data, .ok, minute: before)
        guard state != .alarm else { return nil }
        var minute = before
        while state != .alarm {
            minute += 1
            guard Double(minute) <= end else { return Detection() }
            state = evaluate(data, state, minute: minute)
        }
        let detected = minute
        let last = detected + Self.longestReturnMinutes
        let ended = traffic.data(minutes: last, seed: seed, incident, during: start..<Double(detected)).data
        let after = prepared(ended, detected...last)
        while state == .alarm, minute < last {
            minute += 1
            state = evaluate(after, state, minute: minute)
        }
        let minutesToOK = state == .alarm ? nil : Double(minute - detected)
        return Detection(minutes: Double(detected) - start, minutesToOK: minutesToOK)
    }
}
