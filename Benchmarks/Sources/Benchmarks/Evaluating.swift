import Foundation
import Purser
import PurserCore
import PurserStore

/// The time of a whole `purser evaluate` over a thousand alarms, as a multiple of `purser --version`'s.
struct Evaluating {
    /// Period and EvaluationPeriods, from the shortest to the widest windows that CloudWatch allows.
    private static let shapes = [
        (60, 1), (60, 3), (60, 5), (60, 15), (60, 60), (60, 1440), (300, 12), (300, 288), (3600, 1), (3600, 24),
        (3600, 168), (86_400, 7), (604_800, 1),
    ]
    private static let statistics = [
        ("Latency", "ExtendedStatistic", "p99"), ("Latency", "Statistic", "Average"), ("Errors", "Statistic", "Sum"),
        ("Latency", "ExtendedStatistic", "p90"), ("Invocations", "Statistic", "Sum"),
        ("Latency", "Statistic", "Maximum"),
    ]
    private static let alarms = 1000
    /// The limit for a run: so many times the time of `--version`, and so much for each million of merged slots.
    private static let limit = (versions: 5.0, secondsPerMillion: 0.3)

    let program: WholeProgram
    let folder: URL
    /// The number of dimension sets; each has a slot a minute of every metric that an alarm watches.
    let sets: Int
    let days: Int
    /// The end of the data: the last full hour, so that no run finds data that is old enough to age.
    private let end = Timestamp.now.floored(toSeconds: 3600) - 1800

    init(_ program: String, _ folder: URL, sets: Int, days: Int) {
        self.program = WholeProgram(path: program)
        self.folder = folder.appendingPathComponent("evaluating-\(sets)")
        self.sets = sets
        self.days = days
    }

    func run() throws {
        print("\nEVALUATE, whole processes: 1,000 alarms from 1 x 60 s to 1,440 x 60 s, 168 x 1 h and 1 x 7 days,")
        print("over \(sets) dimension sets with a slot a minute of each watched metric for \(days) days")
        let files = folder.appendingPathComponent("alarms")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        let slots = try writeAlarms(files)
        try fill(folder.appendingPathComponent("store.db").path, Set(slots.widest.keys))
        report("series", "\(slots.widest.count)", "")
        let version = try Measurement(runs: 21) { try program.run(["--version"]) }
        report("purser --version", version.text(1000), "ms")
        let clock = ContinuousClock()
        var time = end + 15
        let first = try clock.measure { try evaluate(at: time, files) }
        report("the first run of a new store", String(Int(first / .milliseconds(1))), "ms")
        // As from cron: each run has the whole minute that was missed and its own time.
        let runs = try Measurement(runs: 11) {
            time = time + 60
            try evaluate(at: time, files)
        }
        report("a run a minute later", runs.text(1000), "ms")
        let allowed =
            Self.limit.versions * version.median + Self.limit.secondsPerMillion
            * Double(slots.widest.values.reduce(0, +)) / 1e6
        report("the limit: 5 x --version, 0.3 s per million slots", String(Int(allowed * 1000)), "ms")
        report("slots within the windows", "\(slots.widest.values.reduce(0, +))", "(summed over alarms: \(slots.all))")
        report("times --version", String(((runs.median / version.median) * 10).rounded() / 10), "")
    }

    private func evaluate(at time: Timestamp, _ files: URL) throws {
        let store = folder.appendingPathComponent("store.db").path
        // 2 says that there are alarms in ALARM.
        try program.run(
            ["--store", store, "--alarms", files.path, "evaluate", "--quiet", "--at", time.iso8601()],
            statuses: [0, 2]
        )
    }

    /// Writes the alarm files; returns how many slots their windows cover: the widest of each metric and set, and all.
    private func writeAlarms(_ files: URL) throws -> (widest: [String: Int], all: Int) {
        var widest: [String: Int] = [:]
        var all = 0
        for number in 0..<Self.alarms {
            let (period, periods) = Self.shapes[number % Self.shapes.count]
            let (metric, key, statistic) = Self.statistics[number / Self.shapes.count % Self.statistics.count]
            let set = sets < Self.alarms ? number / (Self.shapes.count * Self.statistics.count) % sets : number
            let json: JSONValue = .object([
                .init("AlarmName", .string("alarm-\(number)")), .init("Namespace", "Benchmark"),
                .init("MetricName", .string(metric)),
                .init("Dimensions", [["Name": "Service", "Value": .string("s\(set)")]]),
                .init(key, .string(statistic)), .init("Period", .integer(period)),
                .init("EvaluationPeriods", .integer(periods)), .init("Threshold", 5),
                .init("ComparisonOperator", "GreaterThanThreshold"), .init("TreatMissingData", "notBreaching"),
            ])
            let minutes = min(days * 1440, (periods + 2) * period / 60)
            widest["\(metric) \(set)"] = max(minutes, widest["\(metric) \(set)"] ?? 0)
            all += minutes
            try Data(json.text().utf8).write(to: files.appendingPathComponent("alarm-\(number).json"))
        }
        return (widest, all)
    }

    private func fill(_ path: String, _ watched: Set<String>) throws {
        let store = try Store(path: path, .creating)
        for set in 0..<sets {
            var random = SeededRandom(seed: UInt64(set + 1))
            func series(_ name: String, _ unit: MetricUnit) -> Series {
                Series(
                    Metric(namespace: "Benchmark", name: name, dimensions: [.init("Service", "s\(set)")]),
                    unit: unit
                )
            }
            let all = [series("Latency", .seconds), series("Errors", .count), series("Invocations", .count)]
            for day in 0..<days {
                var points: [Flush.Point] = []
                for minute in 0..<1440 {
                    let time = end - (days - day) * 86_400 + minute * 60
                    var latencies = DistributionAccumulator()
                    for _ in 0..<6 { latencies.add(Storing.latencyDistribution(&random)) }
                    let errors = Distribution(value: random.unit() < 0.03 ? 1 : 0) ?? .empty
                    let invocations = Distribution(value: 1, count: 10) ?? .empty
                    for (series, distribution) in zip(all, [latencies.distribution, errors, invocations])
                    where watched.contains("\(series.metric.name) \(set)") {
                        points.append(.init(series: series, slot: Slot(start: time, distribution: distribution)))
                    }
                }
                try store.record(Flush(writer: "service \(set)", sequence: day + 1, points: points))
            }
        }
        try store.rollUp(now: end, isTimeUp: { false })
    }
}
