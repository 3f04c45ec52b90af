import CoreMetrics
import Foundation
import Purser
import PurserCore
import PurserStore

/// The nanoseconds that a sample costs a program, on one thread.
enum Recording {
    private static let samples = 5_000_000

    static func run(_ store: Store) {
        print("RECORDING, nanoseconds a sample, through swift-metrics")
        let recorder = Purser.Recorder(store: store, writer: "benchmark", startingAt: .now)
        measure("swift-metrics' own no-op", NOOPMetricsHandler.instance, recorder)
        measure("purser", recorder.factory(namespace: "Benchmark"), recorder)
        threads(recorder)
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
        lookups(name, factory)
        _ = recorder.collect(at: .now)
    }

    /// Lets eight threads record to the same two handles while drains run; the drains must return every sample.
    private static func threads(_ recorder: Purser.Recorder) {
        let factory = recorder.factory(namespace: "Threads")
        let counter = Counter(label: "Calls", dimensions: [], factory: factory)
        let timer = CoreMetrics.Timer(label: "Latency", dimensions: [], factory: factory)
        let latencies = latencies()
        var counted = 0
        func drain() {
            for point in recorder.collect(at: .now).points where point.series.metric.namespace == "Threads" {
                counted += point.slot.distribution.count
            }
        }
        let runs = 5
        let measurement = Measurement(runs: runs) {
            let finished = DispatchSemaphore(value: 0)
            for _ in 0..<8 {
                Thread.detachNewThread {
                    for sample in 0..<samples / 8 {
                        counter.increment()
                        timer.recordNanoseconds(latencies[sample & 4095])
                    }
                    finished.signal()
                }
            }
            for _ in 0..<8 {
                finished.wait()
                drain()
            }
        }
        // There is one more run than is measured: the first one is a warm-up.
        let recorded = (runs + 1) * 8 * (samples / 8) * 2
        report("purser: 8 threads, counter and timer", measurement.text(1e9 / Double(samples)), "ns of the machine")
        report("purser: 8 threads, samples lost", "\(recorded - counted) of \(recorded)", "")
    }

    /// Measures a handle that is created for one sample, under a name that was used before.
    private static func lookups(_ name: String, _ factory: any MetricsFactory) {
        let lookups = 200_000
        for count in 1...2 {
            let all = (0..<16).map { index in
                Array([("ModelId", "us.amazon.nova-lite-v1:\(index)"), ("Team", "support-\(index)")].prefix(count))
            }
            let dimensions = count == 1 ? "1 dimension" : "2 dimensions"
            report(
                "\(name): handle looked up, \(dimensions)",
                Measurement(runs: 9) {
                    for index in 0..<lookups {
                        CoreMetrics.Timer(label: "Latency", dimensions: all[index & 15], factory: factory)
                            .recordNanoseconds(1)
                    }
                }.text(1e9 / Double(lookups)),
                "ns"
            )
        }
        report(
            "\(name): handle looked up and destroyed",
            Measurement(runs: 9) {
                for _ in 0..<lookups {
                    let found = Counter(label: "Calls", dimensions: [("Model", "a")], factory: factory)
                    found.increment()
                    found.destroy()
                }
            }.text(1e9 / Double(lookups)),
            "ns"
        )
    }

    /// Returns durations around a second, like those of a model's answers.
    private static func latencies() -> [Int64] {
        var random = SeededRandom(seed: 3)
        return (0..<4096).map { _ in Int64(1e9 * max(0.05, 1 + 0.3 * random.bell())) }
    }
}
