public import ArgumentParser
import Foundation
public import Purser
import PurserCore
import PurserStore

extension MetricsCommand {
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stores metrics that other programs wrote.",
            discussion: """
                A file is imported once: again, it stores what was added to it. Standard input is followed, and stored \
                every second. A line with a fault is reported; the others are stored.
                """
        )

        @OptionGroup var global: GlobalOptions

        @Option(name: .long, help: "\(MetricImport.Format.allowed).")
        var format: MetricImport.Format

        @Option(name: .long, help: "The namespace of metrics that bring none; default: \(Self.namespaces).")
        var namespace: String?

        @Argument(help: "A file, or - for standard input.", completion: .file())
        var file = "-"

        func run() throws {
            try reporting {
                if namespace != nil, format.defaultNamespace == nil {
                    throw UsageError("--namespace: metrics of the format \(format.rawValue) bring their own namespaces")
                }
                let session = Session(global)
                let task = MetricImport(format: format, namespace: namespace, prices: try session.prices())
                let store = try session.store(.creating)
                let tell: (Diagnostic) -> Void = { say("purser: \($0)") }
                let result =
                    file == "-"
                    ? try task.run(
                        stream: .standardInput,
                        writer: Purser.Recorder.uniqueWriter(),
                        in: store,
                        report: tell
                    )
                    : try task.run(file: file, in: store, report: tell)
                session.rollUp(store)
                result.notes.forEach { say("note: \($0)") }
                say(Self.text(result))
                if result.faults > 0 { throw Exit.failed }
            }
        }

        private static var namespaces: String {
            MetricImport.Format.allCases.compactMap { format in
                format.defaultNamespace.map { "\($0) (\(format.rawValue))" }
            }.joined(separator: ", ")
        }

        private static func text(_ result: MetricImport.Result) -> String {
            let known = result.knownLines > 0 ? " after \(result.knownLines) imported before" : ""
            let calls =
                result.calls + result.knownCalls > 0
                ? "\(result.calls) calls entered, \(result.knownCalls) known before"
                : "\(result.stored) datapoints stored"
            return "\(result.lines) lines read\(known), \(result.skipped) of them without metrics; "
                + "\(calls), \(result.faults) faults"
        }
    }
}

extension MetricImport.Format: ExpressibleByArgument {
    static let allowed = allCases.map(\.rawValue).joined(separator: ", ")
}
