import Foundation
import Purser
import PurserCore
import PurserStore

/// The cost of writing to the store and of querying it.
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
            accumulator.add(latencyDistribution(&random))
        }
        return accumulator.distribution
    }

    static func latencyDistribution(_ random: inout SeededRandom, times factor: Double = 1) -> Distribution {
        Distribution(value: factor * latency(&random)) ?? .empty
    }

    private static func latency(_ random: inout SeededRandom) -> Double {
        let seconds = max(0.05, 1 + 0.4 * random.bell()) * (random.unit() < 0.02 ? 5 : 1)
        // Whole nanoseconds, as from a clock.
        return (seconds * 1e9).rounded() / 1e9
    }

    private static let minutes = 43_200
    private static let monthStart = Timestamp(seconds: 1_790_000_000 / 60 * 60)

    private static func metric(_ number: Int) -> Metric {
        Metric(namespace: "Benchmark", name: "Latency", dimensions: [.init("Model", "m\(number)")])
    }

    /// Stores a month of one series with one slot per minute and six samples per slot, and returns the raw values.
    private static func fillMonth(_ store: Store, series number: Int) throws -> [Double] {
        var random = SeededRandom(seed: UInt64(9 + number))
        var raw: [Double] = []
        var points: [Flush.Point] = []
        for minute in 0..<minutes {
            var accumulator = DistributionAccumulator()
            for _ in 0..<6 {
                let value = latency(&random)
                raw.append(value)
                accumulator.add(Distribution(value: value) ?? .empty)
            }
            let slot = Slot(start: monthStart + minute * 60, distribution: accumulator.distribution)
            points.append(.init(series: Series(metric(number), unit: .seconds), slot: slot))
        }
        try store.record(Flush(writer: "month \(number)", sequence: 1, points: points))
        return raw
    }

    /// Measures p50, p90 and p99 over 30 days of one series, and of fifty merged series.
    static func month(_ folder: URL) throws {
        print("\nQUERY, p50/p90/p99 over 30 days: 43,200 minutes of 6 samples a series")
        let store = try Store(path: folder.appendingPathComponent("month.db").path, .creating)
        let raw = try (0..<50).map { try fillMonth(store, series: $0) }
        let end = monthStart + minutes * 60
        for (count, name) in [(1, "one series"), (50, "50 series merged")] {
            let references = (0..<count).map { MetricReference(metric($0)) }
            var found: [Double] = []
            let query = try Measurement(runs: 99) {
                let slots = try store.slots(of: references, from: monthStart, to: end, period: minutes * 60)
                var all = DistributionAccumulator()
                for slot in slots.values.flatMap(\.slots) { all.add(slot.distribution) }
                found = all.distribution.percentiles([50, 90, 99]) ?? []
            }
            report("\(name): read and merge, warm, in process", query.text(1000), "ms")
            let all = raw[..<count].flatMap(\.self)
            var exact: [Double] = []
            let sorting = Measurement(runs: count == 1 ? 5 : 1) {
                let sorted = all.sorted()
                exact = [50, 90, 99].map { sorted[Int((Double($0) * Double(sorted.count) / 100).rounded(.up)) - 1] }
            }
            report("the peer: sorting the \(all.count) raw values in memory", sorting.text(1000), "ms")
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
}
