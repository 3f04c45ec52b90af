import PurserCore
import PurserStore

/// Reads the data that alarms need for their evaluation.
struct AlarmDataReader {
    private let reader: MetricReader

    init(_ reader: MetricReader) {
        self.reader = reader
    }

    /// Returns the data of alarms by name, for each alarm's evaluation times in ascending order.
    ///
    /// Alarms whose periods begin at the same times share everything: a series is read once for all of them, as far back
    /// as one of them needs it, and each statistic of a period is computed once.
    func data(for alarms: [AlarmDefinition], steps: (AlarmDefinition) -> [Timestamp]) throws -> [String: AlarmData] {
        var groups: [AlarmDataRange.Alignment: Group] = [:]
        for alarm in alarms {
            guard let range = alarm.dataRange(steps: steps(alarm)) else { continue }
            groups[range.alignment, default: Group()].add(alarm, range)
        }
        var all: [String: AlarmData] = [:]
        var histories: [History: SlotSeries] = [:]
        for (group, shared) in try read(Array(groups.values)) {
            for (alarm, range) in group.members {
                var data = shared
                if alarm.usesBand {
                    let start = AnomalyModel.historyStart(of: range.from)
                    var past: [MetricReference: SlotSeries] = [:]
                    for reference in alarm.metricReferences {
                        let history = History(reference: reference, from: start, to: range.to, period: alarm.period)
                        let slots = try histories[history] ?? read(history)
                        histories[history] = slots
                        past[reference] = slots
                    }
                    data.learn(alarm, from: AlarmData(past), start: start, days: range.from..<range.to)
                }
                all[alarm.name] = data
            }
        }
        return all
    }

    /// Alarms with the same alignment, and what they need of each metric.
    private struct Group {
        var members: [(alarm: AlarmDefinition, range: AlarmDataRange)] = []
        var metrics: [AlarmMetric: AlarmDataRange] = [:]
        var references: [MetricReference: AlarmDataRange] = [:]

        mutating func add(_ alarm: AlarmDefinition, _ range: AlarmDataRange) {
            members.append((alarm, range))
            for metric in alarm.metrics {
                metrics[metric] = metrics[metric]?.union(range) ?? range
                references[metric.reference] = references[metric.reference]?.union(range) ?? range
            }
        }

        /// One read for each range.
        var reads: [SlotRead] {
            Dictionary(grouping: references, by: \.value).map { range, references in
                SlotRead(references: references.map(\.key), from: range.from, to: range.to, grid: range.grid)
            }
        }
    }

    /// Returns each group with its data, which has the values of all its metrics.
    private func read(_ groups: [Group]) throws -> [(group: Group, data: AlarmData)] {
        let reads = groups.map(\.reads)
        var slots = try reader.slots(reads.flatMap(\.self))[...]
        return zip(groups, reads).map { group, reads in
            let own = slots.prefix(reads.count)
            slots = slots.dropFirst(reads.count)
            var data = AlarmData(own.reduce(into: [:]) { all, some in all.merge(some) { $1 } })
            for (metric, range) in group.metrics { data.tabulate(metric, range) }
            return (group, data)
        }
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
