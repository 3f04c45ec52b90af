import Foundation
import Purser
import PurserCore
import PurserStore

/// The time and memory of a whole `purser dash` over a month of a busy service, as multiples of `purser --version`'s.
struct Dashing {
    private static let days = 30
    private static let calls = 1_000_000
    /// With that of the whole service, a series of each metric for each of these.
    private static let models = 7
    private static let limit = (versions: 3.5, mebibytes: 64.0)

    let program: WholeProgram
    let folder: URL
    private let end: Timestamp

    /// - Parameter end: The end of the data; the last full hour if there is none, so that nothing is old enough to age in a
    ///   run.
    init(_ program: String, _ folder: URL, end: Timestamp? = nil) {
        self.program = WholeProgram(path: program)
        self.folder = folder
        self.end = end ?? Timestamp.now.floored(toSeconds: 3600)
    }

    func run() throws {
        // In a process of its own: what is started by a large process counts that one's memory as its own.
        try WholeProgram(path: CommandLine.arguments[0]).run(["dash-fill", folder.path, "\(end.seconds)"])
        let series = try Store(path: path, .existing).series().count
        print("\nDASH, whole processes: \(series) series with a slot a minute, and \(Self.calls) calls,")
        print("over \(Self.days) days, with the shipped alarms")
        let version = try Measurement(runs: 31) { try program.run(["--version"]) }
        report("purser --version", version.text(1000), "ms")
        report("the limit: \(Self.limit.versions) x --version, \(Int(Self.limit.mebibytes)) MiB", "", "")
        for arguments in [
            ["dash"], ["dash", "--since", "30d"], ["dash", "--since", "30d", "--heatmap"],
            ["dash", "chat", "--since", "30d"], ["dash", "--namespace", ChatMetric.namespace, "--since", "30d"],
        ] {
            var memory = 0.0
            let runs = try Measurement(runs: 31) {
                memory = max(memory, try program.run(["--store", path] + arguments + ["--at", end.iso8601()]))
            }
            let times = ((runs.median / version.median) * 100).rounded() / 100
            report(
                "purser " + arguments.joined(separator: " "),
                runs.text(1000),
                "ms, \(times) times, \((memory * 10).rounded() / 10) MiB"
            )
        }
    }

    private var path: String {
        folder.appendingPathComponent("dashing.db").path
    }

    /// Makes the store that ``run()`` measures.
    func fill() throws {
        let store = try Store(path: path, .creating)
        try fillMetrics(store)
        try fillLedger(store)
        try store.checkpoint()
    }

    private func fillMetrics(_ store: Store) throws {
        let names = [nil] + (1...Self.models).map { "model-\($0)" }
        let series = names.flatMap { model in
            ChatMetric.allCases.map { metric in
                let dimensions = model.map { [Dimension(ChatMetric.modelIdDimension, $0)] } ?? []
                return (
                    metric,
                    Series(
                        Metric(namespace: ChatMetric.namespace, name: metric.rawValue, dimensions: dimensions),
                        unit: metric.unit
                    )
                )
            }
        }
        var random = SeededRandom(seed: 1)
        for hour in 0..<Self.days * 24 {
            var points: [Flush.Point] = []
            for minute in 0..<60 {
                let time = end - (Self.days * 24 - hour) * 3600 + minute * 60
                for (metric, series) in series {
                    points.append(
                        .init(series: series, slot: Slot(start: time, distribution: Self.values(metric, &random)))
                    )
                }
            }
            try store.record(Flush(writer: "service", sequence: hour + 1, points: points))
            if hour % 24 == 23 { try store.rollUp(now: end - (Self.days * 24 - hour - 1) * 3600) }
        }
        try store.rollUpAll(from: end - Self.days * 86_400, to: end, now: end)
    }

    /// A minute of a metric: three calls.
    private static func values(_ metric: ChatMetric, _ random: inout SeededRandom) -> Distribution {
        switch metric {
        case .latency, .timeToModel, .timeToFirstToken:
            var values = DistributionAccumulator()
            for _ in 0..<3 { values.add(Storing.latencyDistribution(&random)) }
            return values.distribution
        case .invocations: return Distribution(value: 1, count: 3) ?? .empty
        case .inputTokens, .outputTokens:
            return Distribution(value: Double(100 + random.next() % 900), count: 3) ?? .empty
        case .estimatedCost: return Distribution(value: 0.001, count: 3) ?? .empty
        default: return Distribution(value: random.unit() < 0.02 ? 1 : 0, count: 3) ?? .empty
        }
    }

    private func fillLedger(_ store: Store) throws {
        let price = try PriceCatalog.shipped().prices[0]
        let step = Double(Self.days) * 86_400_000 / Double(Self.calls)
        var random = SeededRandom(seed: 2)
        for start in stride(from: 0, to: Self.calls, by: 10_000) {
            try store.transaction {
                for call in start..<start + 10_000 {
                    let time = end - Self.days * 86_400 + Int(Double(call) * step) / 1000
                    let hasFailed = random.unit() < 0.02
                    _ = try store.reserve(
                        Reservation(
                            requestId: "\(call)",
                            time: time,
                            caller: Caller(user: "user-\(call % 500)", team: "team-\(call % 9)", application: "chat"),
                            modelId: "model-\(call % Self.models + 1)",
                            correlationId: "c-\(call)",
                            price: price,
                            hold: Picodollars(400_000_000),
                            limit: Picodollars(1_000_000 * Picodollars.dollar.rawValue),
                            quota: 100_000_000,
                            lease: time + 600
                        )
                    )
                    try store.settle(
                        Settlement(
                            requestId: "\(call)",
                            time: time + 2,
                            outcome: hasFailed ? "ThrottlingException" : "success",
                            usage: hasFailed ? TokenUsage() : TokenUsage(input: 900, output: 350),
                            isEstimated: false,
                            latencyMilliseconds: 500 + Int(random.next() % 8000),
                            retries: hasFailed ? 3 : 0,
                            cost: hasFailed ? .zero : Picodollars(15_000_000)
                        )
                    )
                }
            }
        }
    }
}
