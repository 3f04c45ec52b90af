import CoreMetrics
import Purser

/// The other examples of the library's documentation.
func examples(of recorder: Purser.Recorder) {
    let units = recorder.factory(namespace: "MyService", units: ["QueueLength": .count, "Body": .bytes])
    Meter(label: "QueueLength", factory: units).set(3)

    let factory = recorder.factory(namespace: "MyService", dimensionSets: [[], ["Route"]])
    Counter(label: "Requests", dimensions: [("Route", "/orders"), ("Host", "a")], factory: factory).increment()
    recorder.drain()
}
