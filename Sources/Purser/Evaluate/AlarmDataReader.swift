import PurserCore

/// The data of many alarms, read together.
struct AlarmDataSet: Sendable {
    fileprivate var byName: [String: AlarmData] = [:]

    subscript(name: String) -> AlarmData {
        byName[name] ?? AlarmData([:])
    }
}

/// Reads what alarms need to be evaluated.
struct AlarmDataReader {
    private let reader: MetricReader

    init(_ reader: MetricReader) {
        self.reader = reader
    }

    /// The data of alarms for their evaluations at certain moments each, ascending.
    ///
    /// Alarms that need the same stretch of time share one reading, in which the store merges slots as far as they may be.
    func data(for alarms: [AlarmDefinition], steps: (AlarmDefinition) -> [Timestamp]) throws -> AlarmDataSet {
        var set = AlarmDataSet()
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
                set.byName[alarm.name] = data
            }
        }
        return set
    }
}
