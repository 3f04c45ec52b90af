import ArgumentParser
import ChatService
import Purser
import PurserCore

extension MetricsCommand {
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Says what a metric of the chat service counts.")

        @OptionGroup var output: OutputOptions

        @Argument(help: "The metric's name; without it, all of them.")
        var name: String?

        private struct Explained {
            var name: String
            var unit: MetricUnit
            var explanation: String
        }

        func run() throws {
            try reporting {
                let all =
                    ChatMetric.allCases.map {
                        Explained(name: $0.rawValue, unit: $0.unit, explanation: $0.explanation)
                    }
                    + MetricReader.Derived.allCases.map {
                        Explained(name: $0.rawValue, unit: $0.unit, explanation: $0.explanation)
                    }
                let chosen = all.filter { name == nil || $0.name == name }
                guard !chosen.isEmpty else {
                    throw UsageError("no metric `\(name ?? "")`; there are \(all.map(\.name).joined(separator: ", "))")
                }
                output.show(json(chosen)) {
                    for metric in chosen {
                        show(
                            "\(ChatMetric.namespace) \(metric.name) (\(metric.unit.rawValue)): \(metric.explanation)"
                        )
                    }
                }
            }
        }

        private func json(_ metrics: [Explained]) -> JSONValue {
            let rows = metrics.map { metric -> JSONValue in
                [
                    "namespace": .string(ChatMetric.namespace),
                    "name": .string(metric.name),
                    "unit": .string(metric.unit.rawValue),
                    "explanation": .string(metric.explanation),
                ]
            }
            return JSONValue(schema: "purser.metrics-explain/1", ["metrics": .array(rows)])
        }
    }
}
