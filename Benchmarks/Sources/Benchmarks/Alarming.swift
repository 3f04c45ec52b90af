import Foundation
import Purser
import PurserCore
import PurserStore

/// The cost of evaluations and backtests of alarms.
enum Alarming {
    private static let start = Timestamp(seconds: 1_790_000_000 / 86_400 * 86_400)
    private static let services = 20

    private static func metric(_ name: String, _ service: Int) -> Metric {
        Metric(namespace: "Benchmark", name: name, dimensions: [.init("Service", "s\(service)")])
    }

    /// Stores days of one-minute slots with ten invocations, some errors and six latencies each.
    private static func fill(_ store: Store, services: Int, days: Int) throws {
        for service in 0..<services {
            var random = SeededRandom(seed: UInt64(100 + service))
            for day in 0..<days {
                var points: [Flush.Point] = []
                for minute in 0..<1440 {
                    let time = start + (day * 1440 + minute) * 60
                    // For half an hour every day, something is wrong.
                    let isBad = (600..<630).contains(minute)
                    let errors = random.unit() < (isBad ? 0.7 : 0.03) ? 1 : 0
                    var latencies = DistributionAccumulator()
                    for _ in 0..<6 { latencies.add(Storing.latencyDistribution(&random, times: isBad ? 12 : 1)) }
                    let values = [
                        ("Invocations", Distribution(value: 1, count: 10)),
                        ("Errors", Distribution(value: Double(errors))), ("Latency", latencies.distribution),
                    ]
                    for (name, distribution) in values {
                        guard let distribution else { continue }
                        let unit: MetricUnit = name == "Latency" ? .seconds : .count
                        let slot = Slot(start: time, distribution: distribution)
                        points.append(.init(series: Series(metric(name, service), unit: unit), slot: slot))
                    }
                }
                try store.record(Flush(writer: "service \(service)", sequence: day + 1, points: points))
            }
        }
        try store.rollUp(now: start + days * 86_400, isTimeUp: { false })
    }

    private static func stat(_ id: String, _ name: String, _ service: Int, _ stat: String, _ period: Int) -> JSONValue {
        [
            "Id": .string(id),
            "MetricStat": [
                "Metric": [
                    "Namespace": "Benchmark", "MetricName": .string(name),
                    "Dimensions": [["Name": "Service", "Value": .string("s\(service)")]],
                ],
                "Period": .integer(period), "Stat": .string(stat),
            ],
            "ReturnData": false,
        ]
    }

    private static func math(_ name: String, _ service: Int, period: Int, periods: Int, _ expression: String)
        -> JSONValue
    {
        [
            "AlarmName": .string(name),
            "Metrics": [
                stat("e", "Errors", service, "Sum", period), stat("n", "Invocations", service, "Sum", period),
                ["Id": "r", "Expression": .string(expression)],
            ],
            "EvaluationPeriods": .integer(periods), "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        ]
    }

    private static func scalar(
        _ name: String,
        _ service: Int,
        _ statistic: String,
        period: Int,
        periods: Int,
        threshold: Double
    ) -> JSONValue {
        let key = statistic == "Average" ? "Statistic" : "ExtendedStatistic"
        return .object([
            .init("AlarmName", .string(name)), .init("Namespace", "Benchmark"), .init("MetricName", "Latency"),
            .init("Dimensions", [["Name": "Service", "Value": .string("s\(service)")]]),
            .init(key, .string(statistic)), .init("Period", .integer(period)),
            .init("EvaluationPeriods", .integer(periods)), .init("Threshold", .number(threshold)),
            .init("ComparisonOperator", "GreaterThanThreshold"),
        ])
    }

    private static let wilson =
        "100*(e/n + 1.3528/n - 1.6449*((e/n*(1-e/n)/n + 0.67642/(n*n))^0.5))/(1 + 2.7055/n)"

    /// Returns a thousand alarms of all kinds, read as if from a folder of files.
    private static func thousand() throws -> [AlarmDefinition] {
        var files: [(name: String, text: String)] = []
        for number in 0..<1000 {
            let (name, service) = ("alarm-\(number)", number % services)
            let json: JSONValue =
                switch number % 10 {
                case 0, 1, 2: math(name, service, period: 60, periods: 5, "100*e/n")
                case 3, 4, 5: scalar(name, service, "p99", period: 60, periods: 3, threshold: 9)
                case 6: scalar(name, service, "Average", period: 300, periods: 12, threshold: 1.2)
                case 7: math(name, service, period: 3600, periods: 1, wilson)
                case 8: scalar(name, service, "p90", period: 86_400, periods: 7, threshold: 3)
                default:
                    [
                        "AlarmName": .string(name),
                        "AlarmRule": .string("ALARM(alarm-\(number - 9)) OR ALARM(alarm-\(number - 6))"),
                    ]
                }
            files.append((name + ".json", json.text()))
        }
        return try read(files)
    }

    private static func read(_ files: [(name: String, text: String)]) throws -> [AlarmDefinition] {
        let documents = try files.map { AlarmFile(name: $0.name, content: try JSONValue(parsing: $0.text)) }
        let content = AlarmSet.content(of: documents)
        if !content.unreadable.isEmpty { throw Diagnostics(content.unreadable.flatMap(\.faults)) }
        return content.alarms
    }

    static func run(_ folder: URL) throws {
        print("\nALARMS, in process, release build")
        let store = try Store(path: folder.appendingPathComponent("alarms.db").path, .creating)
        try fill(store, services: services, days: 30)
        var alarms: [AlarmDefinition] = []
        let reading = try Measurement(runs: 5) { alarms = try thousand() }
        report("reading 1,000 alarm files (in memory)", reading.text(1000), "ms")
        let evaluator = Evaluator(reader: MetricReader(store: store, quota: nil), alarms: alarms, budget: nil)
        var time = start + 30 * 86_400 - 3600
        _ = try evaluator.run(at: time, ran: time)
        let passes = try Measurement(runs: 21) {
            time = time + 60
            _ = try evaluator.run(at: time, ran: time)
        }
        report("1,000 alarms over 30 days of 60 series, one pass, stored", passes.text(1000), "ms (limit 1000)")
        let catchUp = try Measurement(runs: 1) {
            time = time + 6 * 3600
            _ = try evaluator.run(at: time, ran: time)
        }
        report("the same, catching up six hours", catchUp.text(1000), "ms")
        try backtests(folder)
    }

    private static func backtests(_ folder: URL) throws {
        let store = try Store(path: folder.appendingPathComponent("backtest.db").path, .creating)
        try fill(store, services: 1, days: 91)
        let files = [
            scalar("latency-p99", 0, "p99", period: 60, periods: 3, threshold: 9),
            math("error-rate", 0, period: 60, periods: 5, "100*e/n"),
            math("low-traffic", 0, period: 3600, periods: 1, wilson),
            scalar("five-minutes", 0, "p90", period: 300, periods: 3, threshold: 3),
        ]
        let alarms = try read(files.map { ("a.json", $0.text()) })
        let to = start + 91 * 86_400
        for alarm in alarms {
            var changes = 0
            let backtest = try Measurement(runs: 5) {
                let reader = MetricReader(store: store, quota: nil)
                let result = try Backtest.run(reader, alarms, names: [alarm.name], from: to - 90 * 86_400, to: to)
                changes = result.results[0].transitions.count
            }
            report(
                "backtest of \(alarm.name), 90 days by minutes, \(changes) changes",
                backtest.text(1000),
                "ms (limit 1000)"
            )
        }
    }
}
