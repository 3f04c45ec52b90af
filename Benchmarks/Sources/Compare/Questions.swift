import PurserCore
import PurserStore

/// The questions that an on-call engineer, a report and a dashboard ask.
struct Questions {
    let store: Store
    let workload: Workload

    private var sets: Range<Int> { 0..<workload.labelSets }
    private var end: Timestamp { workload.end }

    var all: [(name: String, ask: () throws -> [Double])] {
        [
            ("error rate of the last 5 min by model", errorRate), ("p50/p90/p99 of 1 h by model", percentilesByModel),
            ("p99 over the whole range, one series", { try p99(0..<1) }),
            ("p99 over the whole range, all series", { try p99(sets) }), ("tokens by model by day", tokensByDay),
            ("a dashboard of 12 panels x 300 points", dashboard),
        ]
    }

    /// Returns the slots of metrics of some label sets, merged by period.
    private func slots(
        _ names: [String],
        _ sets: Range<Int>,
        from: Timestamp,
        to: Timestamp,
        period: Int
    ) throws -> [String: [[Slot]]] {
        let references = names.map { name in sets.map { Workload.reference(name, $0) } }
        let found = try store.slots(of: references.flatMap(\.self), from: from, to: to, period: period)
        return Dictionary(
            uniqueKeysWithValues: zip(names, references.map { list in list.map { found[$0]?.slots ?? [] } })
        )
    }

    private func errorRate() throws -> [Double] {
        let found = try slots(["Errors", "Invocations"], sets, from: end - 300, to: end, period: 300)
        return zip(found["Errors"] ?? [], found["Invocations"] ?? []).map {
            ($0.first?.distribution.sum ?? 0) / ($1.first?.distribution.sum ?? .nan)
        }
    }

    private func percentilesByModel() throws -> [Double] {
        let found = try slots(["Latency"], sets, from: end - 3600, to: end, period: 3600)
        return (found["Latency"] ?? []).flatMap { $0.first?.distribution.percentiles([50, 90, 99]) ?? [] }
    }

    private func p99(_ sets: Range<Int>) throws -> [Double] {
        let seconds = workload.days * 86_400
        let found = try slots(["Latency"], sets, from: Workload.start, to: end, period: seconds)
        var all = DistributionAccumulator()
        for slot in (found["Latency"] ?? []).flatMap(\.self) { all.add(slot.distribution) }
        return all.distribution.percentiles([99]) ?? []
    }

    private func tokensByDay() throws -> [Double] {
        let names = ["InputTokens", "OutputTokens"]
        let found = try slots(names, sets, from: Workload.start, to: end, period: 86_400)
        return names.flatMap { (found[$0] ?? []).flatMap { $0.map(\.distribution.sum) } }
    }

    /// Returns the seconds between 300 points, in whole minutes.
    static func dashboardStep(days: Int) -> Int { days * 86_400 / 300 / 60 * 60 }

    private func dashboard() throws -> [Double] {
        let step = Self.dashboardStep(days: workload.days)
        let from = end - 300 * step
        let counters = try slots(Workload.counters, sets, from: from, to: end, period: step)
        func sums(_ name: String) -> [Double] {
            var sums = Array(repeating: 0.0, count: 300)
            for slot in (counters[name] ?? []).flatMap(\.self) {
                sums[Int((slot.start - from) / 1000) / step] += slot.distribution.sum
            }
            return sums
        }
        var values = Workload.counters.filter { $0 != "Errors" }.flatMap { sums($0).map { $0 / Double(step) } }
        values += zip(sums("Errors"), sums("Invocations")).map { $0 / $1 }
        let latency = try slots(["Latency"], sets, from: from, to: end, period: step)["Latency"] ?? []
        // p50, p90 and p99 of all models come from one merge; five models have a panel each.
        var all = Array(repeating: DistributionAccumulator(), count: 300)
        for slot in latency.flatMap(\.self) { all[Int((slot.start - from) / 1000) / step].add(slot.distribution) }
        values += all.flatMap { $0.distribution.percentiles([50, 90, 99]) ?? [] }
        values += latency.prefix(5).flatMap { $0.flatMap { $0.distribution.percentiles([99]) ?? [] } }
        return values
    }

    /// Returns the exact nearest-rank p99 of the raw values of some label sets.
    static func exactP99(_ workload: Workload, _ sets: Range<Int>) -> Double {
        var raw: [Int64] = []
        raw.reserveCapacity(sets.count * workload.steps)
        for set in sets {
            for step in 0..<workload.steps { raw.append(Workload.sample(set, step).latencyNanoseconds) }
        }
        raw.sort()
        return Double(raw[(99 * raw.count + 99) / 100 - 1]) / 1e9
    }
}
