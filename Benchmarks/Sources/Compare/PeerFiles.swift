import Foundation
import PurserCore

/// Writes two hours of the workload for a peer. Counters continue from the end of the previous piece.
///
/// Each file covers two hours, because promtool rereads all of its input for every two-hour block.
enum PeerFiles {
    static let stepsPerFile = 720

    /// Writes the steps of one piece to two files: OpenMetrics text for promtool and JSON lines for VictoriaMetrics.
    static func write(_ workload: Workload, piece: Int, openMetrics: String, jsonLines: String) throws {
        let range = piece * stepsPerFile..<min(workload.steps, (piece + 1) * stepsPerFile)
        var text: [String: [UInt8]] = [:]
        var json: [UInt8] = []
        for set in 0..<workload.labelSets {
            var series = CumulativeSeries(set: set, before: range.lowerBound)
            var columns: [[Double]] = Array(repeating: [], count: series.values.count)
            for step in range {
                series.add(Workload.sample(set, step))
                for (column, value) in series.values.enumerated() { columns[column].append(value) }
            }
            let times = range.map { Workload.start.seconds + Int64(($0 + 1) * Workload.stepSeconds) }
            let milliseconds = times.map { "\($0)000" }.joined(separator: ",")
            for (name, values) in zip(series.names, columns) {
                let numbers = values.map(Self.text)
                let labels = name.labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
                var lines: [UInt8] = []
                for (time, number) in zip(times, numbers) {
                    lines += "\(name.name){\(labels)} \(number) \(time)\n".utf8
                }
                text[name.family, default: []] += lines
                let members = ([("__name__", name.name)] + name.labels).map { "\"\($0.0)\":\"\($0.1)\"" }
                json +=
                    "{\"metric\":{\(members.joined(separator: ","))},\"values\":[\(numbers.joined(separator: ","))],"
                    .utf8
                json += "\"timestamps\":[\(milliseconds)]}\n".utf8
            }
        }
        var all: [UInt8] = []
        for (family, lines) in text.sorted(by: { $0.key < $1.key }) {
            all += "# TYPE \(family) \(family == "latency_seconds" ? "histogram" : "counter")\n".utf8 + lines
        }
        all += "# EOF\n".utf8
        try Data(all).write(to: URL(fileURLWithPath: openMetrics))
        try Data(json).write(to: URL(fileURLWithPath: jsonLines))
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}

/// The values of one label set's counters and classic histogram at a step.
private struct CumulativeSeries {
    struct Name {
        var family: String
        var name: String
        var labels: [(String, String)]
    }

    let names: [Name]
    private(set) var values: [Double]

    init(set: Int, before step: Int) {
        let label = ("model", "m\(set)")
        names =
            ["invocations", "errors", "tokens_in", "tokens_out"].map {
                Name(family: $0, name: $0 + "_total", labels: [label])
            }
            + (Workload.bounds.map { "\($0)" } + ["+Inf"]).map {
                Name(family: "latency_seconds", name: "latency_seconds_bucket", labels: [label, ("le", $0)])
            }
            + ["sum", "count"].map { Name(family: "latency_seconds", name: "latency_seconds_" + $0, labels: [label]) }
        values = Array(repeating: 0, count: names.count)
        for earlier in 0..<step { add(Workload.sample(set, earlier)) }
    }

    mutating func add(_ sample: Workload.Sample) {
        for (index, increment) in sample.increments.enumerated() { values[index] += Double(increment) }
        let seconds = Double(sample.latencyNanoseconds) / 1e9
        for (index, bound) in Workload.bounds.enumerated() where seconds <= bound { values[4 + index] += 1 }
        let infinity = 4 + Workload.bounds.count
        values[infinity] += 1
        values[infinity + 1] += seconds
        values[infinity + 2] += 1
    }
}
