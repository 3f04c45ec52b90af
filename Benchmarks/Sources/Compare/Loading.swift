import Foundation
import PurserCore
import PurserStore

/// Fills a store as an import does: an hour of all series in one durable transaction, rolled up as time advances.
enum Loading {
    static func run(_ workload: Workload, path: String) throws {
        let store = try Store(path: path, .creating)
        let stepsPerHour = 3600 / Workload.stepSeconds
        for hour in 0..<workload.days * 24 {
            var points: [Flush.Point] = []
            points.reserveCapacity(workload.labelSets * stepsPerHour * 5)
            for set in 0..<workload.labelSets {
                let counters = Workload.counters.map { Workload.series($0, set) }
                let latency = Workload.series("Latency", set)
                for step in hour * stepsPerHour..<(hour + 1) * stepsPerHour {
                    let sample = Workload.sample(set, step)
                    let start = Workload.start + step * Workload.stepSeconds
                    for (series, increment) in zip(counters, sample.increments) {
                        guard let distribution = Distribution(value: 1, count: increment) else { continue }
                        points.append(.init(series: series, slot: Slot(start: start, distribution: distribution)))
                    }
                    if let distribution = Distribution(value: Double(sample.latencyNanoseconds) / 1e9) {
                        points.append(.init(series: latency, slot: Slot(start: start, distribution: distribution)))
                    }
                }
            }
            try store.record(Flush(writer: "compare", sequence: hour + 1, points: points))
            try store.rollUp(now: Workload.start + (hour + 1) * 3600 + 1200)
        }
        try store.checkpoint()
        print("{\"bytes\":\(try store.health().fileBytes)}")
    }
}
