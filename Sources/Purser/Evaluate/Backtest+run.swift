package import PurserCore
import PurserStore

extension Backtest {
    /// Evaluates alarms and those that they refer to, minute by minute from `from` to `to` (every ten seconds for short
    /// periods).
    ///
    /// Every alarm starts as a new one. A step does not see data from later times, but data that arrived late counts as
    /// if it had arrived on time.
    ///
    /// - Parameter progress: Called after every alarm with the number of those that are done.
    package static func run(
        _ reader: MetricReader,
        _ alarms: [AlarmDefinition],
        names: [String],
        from: Timestamp,
        to: Timestamp,
        home: AlarmHome = AlarmHome(),
        progress: (Int) -> Void = { _ in }
    ) throws -> Backtest {
        var backtest = Backtest(from: from, to: to)
        for name in names {
            let involved = closure(of: name, alarms)
            backtest.results.append(try run(reader, involved, name: name, from: from, to: to, home: home))
            progress(backtest.results.count)
        }
        return backtest
    }

    /// Returns an alarm and all alarms that it refers to, directly or indirectly.
    private static func closure(of name: String, _ alarms: [AlarmDefinition]) -> [AlarmDefinition] {
        var names: Set<String> = []
        var open = [name]
        while let next = open.popLast() {
            guard names.insert(next).inserted else { continue }
            open += alarms.first { $0.name == next }?.alarmReferences ?? []
        }
        return alarms.filter { names.contains($0.name) }
    }

    private static func run(
        _ reader: MetricReader,
        _ alarms: [AlarmDefinition],
        name: String,
        from: Timestamp,
        to: Timestamp,
        home: AlarmHome
    ) throws -> Result {
        let interval = min(60, alarms.map(\.evaluationIntervalSeconds).min() ?? 60)
        let start = (from - 1).floored(toSeconds: interval) + interval
        let count = max(0, Int((to - start) / (Int64(interval) * 1000)) + 1)
        let steps = (0..<count).map { start + $0 * interval }
        let data = try AlarmDataReader(reader).data(for: alarms) { alarm in steps.filter { alarm.isDue(at: $0) } }
        var timeline = AlarmTimeline(alarms, home: home)
        var result = Result(name: name)
        let isSending = alarms.contains { $0.name == name && $0.takesActions(in: .alarm) }
        for step in steps {
            for outcome in timeline.step(at: step, data: { data[$0.name] }) where outcome.name == name {
                if let change = outcome.change { result.transitions.append(change) }
                if isSending, outcome.news?.newState == .alarm { result.pages += 1 }
            }
        }
        result.fired = result.transitions.count { $0.newState == .alarm }
        result.minutesInAlarm = minutes(result.transitions, until: to)
        let needed = alarms.compactMap { $0.dataRange(steps: steps)?.grid.stride }
        let exact = try needed.map { try reader.store.slotsKeptFrom(dividing: $0) }.max()
        result.exactFrom = exact.flatMap { $0 > from ? $0 : nil }
        return result
    }

    private static func minutes(_ transitions: [AlarmTransition], until end: Timestamp) -> Double {
        var sum: Int64 = 0
        for (index, change) in transitions.enumerated() where change.newState == .alarm {
            sum += (index + 1 < transitions.count ? transitions[index + 1].time : end) - change.time
        }
        return Double(sum) / 60_000
    }
}
