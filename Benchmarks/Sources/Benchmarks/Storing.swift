import Foundation
import Purser
import PurserCore
import PurserStore

/// What the store takes in, and what it gives out.
enum Storing {
    static func drain(_ folder: URL) throws {
        print("\nDRAIN, one durable transaction a flush")
        for series in [20, 200, 2000] {
            let store = try Store(path: folder.appendingPathComponent("drain-\(series).db").path, .creating)
            let flushes = max(10, 20_000 / series)
            var sequence = 0
            let measured = try Measurement(runs: 5) {
                for _ in 0..<flushes {
                    sequence += 1
                    try store.record(flush(series: series, sequence: sequence))
                }
            }
            let rows = Double(flushes * series) / measured.median
            report(
                "\(series) series a flush",
                "\(Int(rows / 1000))k rows a second,",
                "\(measured.text(1000 / Double(flushes))) ms a flush"
            )
            try store.checkpoint()
            let health = try store.health()
            let bytes = Double(health.fileBytes) / Double(health.points)
            report(
                "\(series) series: file size",
                String((bytes * 10).rounded() / 10),
                "bytes a datapoint (half counters, half latencies of 6)"
            )
        }
    }

    private static func flush(series: Int, sequence: Int) -> Flush {
        var random = SeededRandom(seed: UInt64(sequence))
        let start = Timestamp(seconds: 1_790_000_000 + Int64(sequence) * 10)
        let points = (0..<series).map { index -> Flush.Point in
            let metric = Metric(
                namespace: "Benchmark",
                name: "M\(index % 10)",
                dimensions: [.init("Model", "m\(index / 10)")]
            )
            let distribution =
                index % 2 == 0
                ? Distribution(value: 1, count: 1 + Int(random.next() % 90)) ?? .empty
                : latencies(6, &random)
            return .init(series: Series(metric, unit: .count), slot: Slot(start: start, distribution: distribution))
        }
        return Flush(writer: "benchmark", sequence: sequence, points: points)
    }

    private static func latencies(_ count: Int, _ random: inout SeededRandom) -> Distribution {
        var accumulator = DistributionAccumulator()
        for _ in 0..<count {
            accumulator.add(Distribution(value: latency(&random)) ?? .empty)
        }
        return accumulator.distribution
    }

    private static func latency(_ random: inout SeededRandom) -> Double {
        let seconds = max(0.05, 1 + 0.4 * random.bell()) * (random.unit() < 0.02 ? 5 : 1)
        // Whole nanoseconds, as a clock gives them.
        return (seconds * 1e9).rounded() / 1e9
    }

    /// p50, p90 and p99 over 30 days of one series, a slot a minute, six samples a slot.
    static func month(_ folder: URL) throws {
        print("\nQUERY, p50/p90/p99 over 30 days of one series: 43,200 minutes of 6 samples")
        let store = try Store(path: folder.appendingPathComponent("month.db").path, .creating)
        var random = SeededRandom(seed: 9)
        var raw: [Double] = []
        let metric = Metric(namespace: "Benchmark", name: "Latency")
        let start = Timestamp(seconds: 1_790_000_000 / 60 * 60)
        var points: [Flush.Point] = []
        for minute in 0..<43_200 {
            var accumulator = DistributionAccumulator()
            for _ in 0..<6 {
                let value = latency(&random)
                raw.append(value)
                accumulator.add(Distribution(value: value) ?? .empty)
            }
            let slot = Slot(start: start + minute * 60, distribution: accumulator.distribution)
            points.append(.init(series: Series(metric, unit: .seconds), slot: slot))
        }
        try store.record(Flush(writer: "month", sequence: 1, points: points))
        let reference = MetricReference(metric)
        let end = start + 43_200 * 60
        var found: [Double] = []
        let query = try Measurement(runs: 99) {
            let slots = try store.slots(of: [reference], from: start, to: end, period: 43_200 * 60)
            found = slots[reference]?.total(from: start, to: end).percentiles([50, 90, 99]) ?? []
        }
        report("read and merge, warm, in process", query.text(1000), "ms")
        var exact: [Double] = []
        let sorting = Measurement(runs: 5) {
            let sorted = raw.sorted()
            exact = [50, 90, 99].map { sorted[Int((Double($0) * Double(sorted.count) / 100).rounded(.up)) - 1] }
        }
        report("the peer: sorting the 259,200 raw values in memory", sorting.text(1000), "ms")
        for (name, pair) in zip(["p50", "p90", "p99"], zip(found, exact)) {
            let error = abs(pair.0 / pair.1 - 1) * 100
            report(
                "\(name) against the exact quantile",
                String((error * 1000).rounded() / 1000),
                "% off (limit 0.55 %)"
            )
        }
    }
}
