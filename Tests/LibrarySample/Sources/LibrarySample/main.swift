import CoreMetrics
import Purser

let recorder = try Purser.Recorder(path: "/var/lib/purser/purser.db")
MetricsSystem.bootstrap(recorder.factory(namespace: "MyService"))
// and beside the service's other tasks:
await recorder.run()
