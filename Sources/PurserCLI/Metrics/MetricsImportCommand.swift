import ArgumentParser
import Foundation
package import Purser
import PurserCore
import PurserRender
import PurserStore

extension MetricsCommand {
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stores metrics that other programs wrote.",
            discussion: """
                A file is imported once: a repeated import stores only what was added to it. Standard input is \
                followed and stored every second. A line with a fault is reported; the others are stored.
                """
        )

        @OptionGroup var global: GlobalOptions

        @Option(name: .customLong("from"), help: "The format of the input.")
        var input: MetricImport.Format?

        @Option(name: .long, help: "The format of the result.")
        var format = ImportFormat.output(.text)

        @Option(name: .long, help: "The namespace of metrics that have none; default: \(Self.namespaces).")
        var namespace: String?

        @Argument(help: "A file, or - for standard input.", completion: .file())
        var file = "-"

        func validate() throws {
            switch (input, format) {
            case (nil, .output):
                throw ValidationError("give the format of the input: --from \(MetricImport.Format.allowed)")
            case (.some, .input(let other)):
                throw ValidationError("with --from, --format must be text or json, not \(other.rawValue)")
            default: break
            }
        }

        func run() throws {
            try reporting {
                guard let format = input ?? format.input else { return }
                if namespace != nil, format.defaultNamespace == nil {
                    throw UsageError("--namespace: metrics of the format \(format.rawValue) have their own namespaces")
                }
                if input == nil {
                    say(
                        "purser: --format \(format.rawValue) for the input's format is deprecated; use --from \(format.rawValue)"
                    )
                }
                let session = Session(global)
                let task = MetricImport(format: format, namespace: namespace, prices: try session.prices())
                let store = try session.store(.creating)
                var refused: [Diagnostic] = []
                let tell: (Diagnostic) -> Void = {
                    say("purser: \($0)")
                    if refused.count < Self.mostRefused { refused.append($0) }
                }
                let progress = ProgressLine(unit: "bytes read")
                let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? nil
                let result =
                    file == "-"
                    ? try task.run(
                        stream: .standardInput,
                        writer: Purser.Recorder.uniqueWriter(),
                        in: store,
                        report: tell
                    )
                    : try task.run(file: file, in: store, report: tell) { progress.show($0, of: size) }
                progress.end()
                if let covered = result.covered {
                    session.rollUpAll(store, from: covered.lowerBound, to: covered.upperBound)
                }
                if self.format == .output(.json) {
                    show(MetricJSON.imported(result, file: file, input: format.rawValue, refused: refused))
                }
                result.notes.forEach { say("note: \($0)") }
                say(MetricText.imported(result))
                if result.faults > 0 { throw Exit.failed }
            }
        }

        private static var namespaces: String {
            MetricImport.Format.allCases.compactMap { format in
                format.defaultNamespace.map { "\($0) (\(format.rawValue))" }
            }.joined(separator: ", ")
        }

        /// A stream may run for months, so JSON output has only the first faults, and their count.
        private static let mostRefused = 1000
    }
}

/// The value of an import's `--format`: the format of the result or, as an alias of `--from`, the format of the input.
enum ImportFormat: Equatable, ExpressibleByArgument {
    case output(OutputFormat)
    case input(MetricImport.Format)

    init?(argument: String) {
        if let form = OutputFormat(rawValue: argument) {
            self = .output(form)
        } else if let format = MetricImport.Format(rawValue: argument) {
            self = .input(format)
        } else {
            return nil
        }
    }

    var input: MetricImport.Format? {
        if case .input(let format) = self { format } else { nil }
    }

    static var allValueStrings: [String] {
        OutputFormat.allCases.map(\.rawValue)
    }

    var defaultValueDescription: String {
        switch self {
        case .output(let form): form.rawValue
        case .input(let format): format.rawValue
        }
    }
}

extension MetricImport.Format: ExpressibleByArgument {
    static let allowed = allCases.map(\.rawValue).joined(separator: ", ")
}
