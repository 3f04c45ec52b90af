import PurserCore

/// Reads the data that alarms need for their evaluation.
struct AlarmDataReader {
    private let reader: MetricReader

    init(_ reader: MetricReader) {
        self.reader = reader
    }

    /// Returns the data of alarms by name, for each alarm's evaluation times in ascending order.
    ///
    /// Alarms that need the same time range share one read, in which the store merges slots as far as possible.
    func data(for alarms: [AlarmDefinition], steps: (AlarmDefinition) -> [Timestamp]) throws -> [String: AlarmData] {
        var all: [String: AlarmData] = [:]
        var histories: [History: SlotSeries] = [:]
        var groups: [AlarmDataRange: [(alarm: AlarmDefinition, steps: [Timestamp])]] = [:]
        for alarm in alarms {
            let steps = steps(alarm)
            if let range = alarm.dataRange(steps: steps) { groups[range, default: []].append((alarm, steps)) }
        }
        for (range, members) in groups {
            let references = Set(members.flatMap(\.alarm.metricReferences))
            let slots = try reader.slots(of: Array(references), from: range.from, to: range.to, period: range.stride)
            let shared = AlarmData(slots)
            for (alarm, steps) in members {
                var data = shared
                if steps.count > 1 { data.tabulate(alarm, steps: steps) }
                for metric in alarm.bandMetrics {
                    let history = History(
                        reference: metric.reference,
                        from: AnomalyModel.historyStart(of: range.from),
                        to: range.to,
                        period: metric.period
                    )
                    let slots = try histories[history] ?? read(history)
                    histories[history] = slots
                    data.learn(metric, from: slots, start: history.from, days: range.from..<range.to)
                }
                all[alarm.name] = data
            }
        }
        return all
    }

    /// The two weeks before each day of a range, which determine what is normal on that day.
    private struct History: Hashable {
        var reference: MetricReference
        var from: Timestamp
        var to: Timestamp
        var period: Int
    }

    private func read(_ history: History) throws -> SlotSeries {
        let reference = history.reference
        let slots = try reader.slots(of: [reference], from: history.from, to: history.to, period: history.period)
        return slots[reference] ?? .empty
    }
}
