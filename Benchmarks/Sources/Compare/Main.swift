import Foundation
import PurserStore

/// Runs one part of the comparison, for the script `Benchmarks/compare`, which measures each part as a separate
/// process.
///
///     Compare pieces SETS DAYS                          how many files a peer's data has
///     Compare write SETS DAYS PIECE OPENMETRICS JSONL   one of them, for both peers
///     Compare load SETS DAYS STORE                      the same data into a store of Purser
///     Compare ask SETS DAYS STORE RUNS                  the questions: first time and median of the runs, as JSON
///     Compare exact SETS DAYS                           the exact p99 of the raw values: one series, all series
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 3, let sets = Int(arguments[2]), let days = Int(arguments[3]) else { exit(64) }
        let workload = Workload(labelSets: sets, days: days)
        let rest = Array(arguments[4...])
        switch (arguments[1], rest.count) {
        case ("pieces", 0): print((workload.steps + PeerFiles.stepsPerFile - 1) / PeerFiles.stepsPerFile)
        case ("write", 3):
            guard let piece = Int(rest[0]) else { exit(64) }
            try PeerFiles.write(workload, piece: piece, openMetrics: rest[1], jsonLines: rest[2])
        case ("load", 1): try Loading.run(workload, path: rest[0])
        case ("ask", 2): try ask(workload, rest[0], runs: Int(rest[1]) ?? 9)
        case ("exact", 0):
            let values = [0..<1, 0..<sets].map { Questions.exactP99(workload, $0) }
            print("{\"one\":\(values[0]),\"all\":\(values[1])}")
        default: exit(64)
        }
    }

    private static func ask(_ workload: Workload, _ path: String, runs: Int) throws {
        let store = try Store(path: path, .existing)
        let clock = ContinuousClock()
        func milliseconds(_ duration: Duration) -> Double {
            Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
        }
        for question in Questions(store: store, workload: workload).all {
            var values: [Double] = []
            let cold = milliseconds(try clock.measure { values = try question.ask() })
            var times: [Double] = []
            for _ in 0..<runs { times.append(milliseconds(try clock.measure { _ = try question.ask() })) }
            let warm = times.sorted()[runs / 2]
            let sum = values.filter(\.isFinite).reduce(0, +)
            print(
                "{\"name\":\"\(question.name)\",\"cold\":\(cold),\"warm\":\(warm),\"values\":\(values.count),\"sum\":\(sum),"
                    + "\"first\":\(values.first ?? 0)}"
            )
        }
    }
}
