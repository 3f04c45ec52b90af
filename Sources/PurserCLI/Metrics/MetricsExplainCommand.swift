import ArgumentParser
import Purser
import PurserCore
import PurserRender

extension MetricsCommand {
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Explains what a metric of the chat service counts.")

        @OptionGroup var output: OutputOptions

        @Argument(help: "The metric's name; default: all metrics.")
        var name: String?

        func run() throws {
            try reporting {
                let all = MetricReader.explanations
                let chosen = all.filter { name == nil || $0.metric.name == name }
                guard !chosen.isEmpty else {
                    let names = all.map(\.metric.name).joined(separator: ", ")
                    throw UsageError("no metric `\(name ?? "")`; the metrics are \(names)")
                }
                output.show(MetricJSON.explanations(chosen)) {
                    chosen.forEach { show(MetricText.explanation($0)) }
                }
            }
        }
    }
}
