import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

extension MetricsCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes metrics in the formats of other systems.",
            discussion:
                "The range is cut to whole periods, so exports of adjacent ranges neither overlap nor leave gaps."
        )

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case prometheus
            case openmetrics
            case otlp
            case emf
            case putMetricData = "put-metric-data"

            var isTotal: Bool { self == .prometheus || self == .openmetrics }
        }

        @OptionGroup var global: GlobalOptions

        @Option(name: .long, help: "prometheus, openmetrics, otlp, emf or put-metric-data.")
        var format: Format

        @Option(name: .long, help: "Only this namespace.", completion: NameCompletion.namespaces)
        var namespace: String?

        @Option(name: .long, help: "Only this metric.", completion: NameCompletion.metrics)
        var name: String?

        @Option(
            name: .long,
            parsing: .unconditional,
            help: .init("The start, inclusive; default: three hours ago.", valueName: "time"),
            transform: TimeArgument.read
        )
        var start: TimeArgument?

        @Option(
            name: .long,
            parsing: .unconditional,
            help: .init("The end, exclusive; default: now.", valueName: "time"),
            transform: TimeArgument.read
        )
        var end: TimeArgument?

        @Option(name: .long, help: "Seconds: 10, 20, 30 or a multiple of 60.")
        var period = 60

        func run() throws {
            try reporting {
                let session = Session(global)
                let (from, to) = try range(now: .now)
                let reader = try session.reader(try session.store(.existing))
                let series = try reader.series(namespace: namespace, name: name)
                if series.isEmpty { say("purser: no series matches, so nothing is exported") }
                if format.isTotal {
                    show(try totals(series, reader, from: from, to: to))
                } else {
                    try showLines(series, reader, from: from, to: to)
                }
            }
        }

        private func range(now: Timestamp) throws -> (from: Timestamp, to: Timestamp) {
            guard MetricDataRequest.isPeriod(period) else {
                throw UsageError("--period takes \(MetricDataRequest.allowedPeriods), not \(period)")
            }
            let (from, to) = (start?.time(now: now) ?? now - 3 * 3600, end?.time(now: now) ?? now)
            guard from < to else { throw UsageError("--start must be before --end") }
            let (first, last) = (from.floored(toSeconds: period), to.floored(toSeconds: period))
            guard first < last else {
                throw UsageError("there is no whole period of \(period) s from \(from) to \(to)")
            }
            return (first, last)
        }

        /// Returns the series of a time range, merged into periods of `seconds`.
        private func items(
            _ series: [Series],
            _ reader: MetricReader,
            _ range: Range<Timestamp>,
            seconds: Int
        ) throws -> [MetricExport.Item] {
            let references = series.map { MetricReference($0.metric, unit: $0.unit) }
            let found = try reader.slots(
                of: references,
                from: range.lowerBound,
                to: range.upperBound,
                period: seconds
            )
            return zip(series, references).compactMap { series, reference in
                let merged = found[reference]?.merged(from: range.lowerBound, to: range.upperBound, period: seconds)
                let slots = (merged ?? []).enumerated().filter { !$0.element.isEmpty }.map {
                    Slot(start: range.lowerBound + $0.offset * seconds, distribution: $0.element)
                }
                return slots.isEmpty ? nil : MetricExport.Item(series, slots)
            }
        }

        private func totals(
            _ series: [Series],
            _ reader: MetricReader,
            from: Timestamp,
            to: Timestamp
        ) throws -> String {
            let progress = ProgressLine(unit: "parts")
            defer { progress.end() }
            return PrometheusText.text(
                totals: try reader.totals(of: series, from: from, to: to) { progress.show($0, of: $1) },
                from: from,
                to: to,
                dialect: format == .openmetrics ? .openMetrics : .prometheus
            )
        }

        private func showLines(
            _ series: [Series],
            _ reader: MetricReader,
            from: Timestamp,
            to: Timestamp
        ) throws {
            var leftOut: Set<Metric> = []
            let stretches = MetricReader.stretches(from: from, to: to, period: period)
            let progress = ProgressLine(total: stretches.count, unit: "parts")
            defer { progress.end() }
            for (done, stretch) in stretches.enumerated() {
                progress.show(done)
                let items = try items(series, reader, stretch, seconds: period)
                let export = MetricExport(periodSeconds: period, items: items)
                let lines: [String]
                switch format {
                case .otlp: lines = OTLPLines.lines(export, instrument: Self.instrument)
                case .emf:
                    let result = EMFLines.lines(export)
                    lines = result.lines
                    leftOut.formUnion(result.leftOut)
                default: lines = PutMetricDataLines.lines(export)
                }
                if !lines.isEmpty { show(lines.joined(separator: "\n")) }
            }
            for metric in leftOut.sorted() {
                say("purser: left out, because EMF cannot tell the metric from its dimension: \(metric)")
            }
            if !leftOut.isEmpty { throw Exit.failed }
        }

        private static func instrument(_ series: Series) -> OTLPInstrument {
            guard let genAI = ChatMetric.genAIInstrument(for: series) else { return OTLPInstrument(series) }
            return OTLPInstrument(name: genAI.name, unit: genAI.unit, attributes: genAI.attributes)
        }
    }
}
