import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Lists, reads and writes metrics in CloudWatch's terms.",
        subcommands: [List.self, Get.self, Put.self, Import.self, Export.self, Explain.self, RetentionCommand.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the stored series.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @Option(name: .long, help: "Only this namespace.", completion: NameCompletion.namespaces)
        var namespace: String?

        @Option(name: .long, help: "Only this metric's series.", completion: NameCompletion.metrics)
        var name: String?

        @Option(name: .long, help: "NAME or NAME=VALUE: only metrics with this dimension; may be repeated.")
        var dimension: [String] = []

        func run() throws {
            try reporting {
                let session = Session(global)
                let filters = try dimension.map { text -> DimensionFilter in
                    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    guard !parts.contains(where: \.isEmpty) else {
                        throw UsageError("--dimension takes NAME or NAME=VALUE, not `\(text)`")
                    }
                    return DimensionFilter(String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
                }
                let reader = try session.reader(try session.store(.existing))
                let series = try reader.series(namespace: namespace, name: name, dimensions: filters)
                output.show(MetricJSON.list(series)) {
                    drawing.show(MetricText.list(series), session.environment, ifEmpty: "no series match")
                }
            }
        }
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answers a GetMetricData request, given as JSON on stdin or as options.",
            discussion: "Without --namespace, the request is read from stdin. The output is a GetMetricData result."
        )

        @OptionGroup var global: GlobalOptions
        /// Both formats are a GetMetricData result.
        @OptionGroup var output: OutputOptions

        @Option(name: .long, help: "The metric's namespace.", completion: NameCompletion.namespaces)
        var namespace: String?

        @Option(name: .long, help: "The metric's name.", completion: NameCompletion.metrics)
        var name: String?

        @Option(name: .long, help: "A dimension as NAME=VALUE; may be repeated.")
        var dimension: [String] = []

        @Option(name: .long, help: "\(Statistic.allowed).")
        var stat = "Average"

        @Option(name: .long, help: "Seconds: 10, 20, 30 or a multiple of 60.")
        var period = 60

        @Option(
            name: .long,
            parsing: .unconditional,
            help: .init("The start of the time range, inclusive.", valueName: "time"),
            transform: TimeArgument.read
        )
        var start: TimeArgument?

        @Option(
            name: .long,
            parsing: .unconditional,
            help: .init("The end of the time range, exclusive.", valueName: "time"),
            transform: TimeArgument.read
        )
        var end: TimeArgument?

        @Option(name: .long, help: "The maximum datapoints per page, 1 to 100800.")
        var maxDatapoints: Int?

        @Option(name: .long, help: "The NextToken of the previous page, with the same --start and --end.")
        var nextToken: String?

        func run() throws {
            try reporting {
                let session = Session(global)
                var request = try namespace == nil ? requestFromInput() : requestFromOptions()
                if let maxDatapoints {
                    guard MetricDataRequest.allowedDatapoints.contains(maxDatapoints) else {
                        throw UsageError("--max-datapoints takes 1 to 100800, not \(maxDatapoints)")
                    }
                    request.mostDatapoints = maxDatapoints
                }
                request.nextToken = nextToken ?? request.nextToken
                let answer = try session.reader(try session.store(.existing)).answer(request)
                show(MetricJSON.data(answer))
            }
        }

        private func requestFromInput() throws -> MetricDataRequest {
            let others = [
                ("--name", name != nil), ("--dimension", !dimension.isEmpty), ("--start", start != nil),
                ("--end", end != nil),
            ]
            if let other = others.first(where: \.1) { throw UsageError("\(other.0) needs --namespace") }
            let text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
            return try MetricDataRequest(json: text, file: "stdin")
        }

        private func requestFromOptions() throws -> MetricDataRequest {
            guard let namespace, let name else { throw UsageError("--namespace and --name must be given together") }
            let dimensions = try dimension.map { text -> PurserCore.Dimension in
                guard let equals = text.firstIndex(of: "="), equals > text.startIndex, !text.hasSuffix("=") else {
                    throw UsageError("--dimension takes NAME=VALUE, not `\(text)`")
                }
                return PurserCore.Dimension(String(text[..<equals]), String(text[text.index(after: equals)...]))
            }
            guard let statistic = Statistic(stat) else {
                throw UsageError("--stat takes \(Statistic.allowed), not `\(stat)`")
            }
            guard MetricDataRequest.isPeriod(period) else {
                throw UsageError("--period takes \(MetricDataRequest.allowedPeriods), not \(period)")
            }
            let now = Timestamp.now
            let (from, to) = (start?.time(now: now) ?? now - 3 * 3600, end?.time(now: now) ?? now)
            guard from < to else { throw UsageError("--start must be before --end") }
            let metric = Metric(namespace: namespace, name: name, dimensions: dimensions)
            let query = MetricDataRequest.Query(
                id: "m1",
                label: nil,
                source: .metric(MetricReference(metric), statistic, period: period),
                returnsData: true
            )
            return MetricDataRequest(start: from, end: to, queries: [query])
        }
    }
}
