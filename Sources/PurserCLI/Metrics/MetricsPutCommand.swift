import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

extension MetricsCommand {
    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stores datapoints from stdin, where each line is a PutMetricData input in JSON.",
            discussion: "A line with a fault is reported and left out; the others are stored in one transaction."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.creating)
                let text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
                let result = try MetricPut.store(
                    text,
                    from: "stdin",
                    now: .now,
                    writer: Purser.Recorder.uniqueWriter(),
                    in: store
                )
                session.rollUp(store)
                output.show(MetricJSON.put(stored: result.stored, result.faults)) {}
                result.faults.forEach { say("purser: \($0)") }
                say("\(result.stored.counted("datapoint")) stored, \(result.faults.count.counted("fault"))")
                if !result.faults.isEmpty { throw Exit.failed }
            }
        }
    }
}
