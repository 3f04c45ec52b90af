import CoreMetrics
import Purser
import PurserCore
import PurserStore

/// Nanoseconds that a program pays for a sample, on one thread.
enum Recording {
    private static let samples = 5_000_000

    static func run(_ store: Store) {
        print("RECORDING, nanoseconds a sample, one thread, through swift-metrics")
        let recorder = Purser.Recorder(store: store, writer: "benchmark", startingAt: .now)
        measure("swift-metrics' own no-op", NOOPMetricsHandler.instance, recorder)
        measure("purser", recorder.factory(namespace: "Benchmark"), recorder)
    }

    private static func measure(_ name: String, _ factory: any MetricsFactory, _ recorder: Purser.Recorder) {
        let perSample = 1e9 / Double(samples)
        let counter = Counter(label: "Calls", dimensions: [("Model", "a")], factory: factory)
        report(
            "\(name): bound counter",
            Measurement(runs: 9) { for _ in 0..<samples { counter.increment() } }.text(perSample),
            "ns"
        )
        let timer = CoreMetrics.Timer(label: "Latency", dimensions: [("Model", "a")], factory: factory)
        let latencies = latencies()
        report(
            "\(name): bound timer",
            Measurement(runs: 9) {
                for sample in 0..<samples { timer.recordNanoseconds(latencies[sample & 4095]) }
            }.text(perSample),
            "ns"
        )
        let size = CoreMetrics.Recorder(label: "Size", dimensions: [("Model", "a")], aggregate: true, factory: factory)
        report(
            "\(name): bound recorder",
            Measurement(runs: 9) {
                for sample in 0..<samples { size.record(Double(latencies[sample & 4095])) }
            }.text(perSample),
            "ns"
        )
        let lookups = 100_000
        report(
            "\(name): handle made anew for each sample",
            Measurement(runs: 9) {
                for _ in 0..<lookups {
                    let found = Counter(label: "Calls", dimensions: [("Model", "a")], factory: factory)
                    found.increment()
                    found.destroy()
                }
            }.text(1e9 / Double(lookups)),
            "ns"
        )
        _ = recorder.collect(at: .now)
    }

    /// Durations around a second, as a model's answers have.
    private static func latencies() -> [Int64] {
        var random = SeededRandom(seed: 3)
        return (0..<4096).map { _ in Int64(1e9 * max(0.05, 1 + 0.3 * random.bell())) }
    }
}
