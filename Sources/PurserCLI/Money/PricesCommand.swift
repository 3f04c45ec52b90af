import ArgumentParser
import Purser
import PurserCore
import PurserRender

struct PricesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "Lists and checks the price file, and compares it with AWS's price list.",
        subcommands: [List.self, Lint.self, Diff.self, Update.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the prices, in US dollars per million tokens.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @Argument(
            help: "Only model ids that contain this text, or the rows that an ARN is charged at.",
            completion: NameCompletion.models
        )
        var filter: String?

        @Option(name: .long, help: "Only the rows that apply to calls in this AWS Region.")
        var region: String?

        func run() throws {
            try reporting {
                let session = Session(global)
                let prices = try session.prices().rows(matching: filter, region: region, at: .now)
                output.show(PriceJSON.list(prices)) {
                    drawing.show(PriceText.list(prices), session.environment, ifEmpty: "no prices match")
                }
            }
        }
    }

    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks the price file against the rules that Bedrock's prices follow."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @OptionGroup var asOf: AsOfOption

        func run() throws {
            try reporting {
                let findings = try Session(global).prices().lint(asOf: asOf.time)
                let errors = findings.count { $0.severity == .error }
                output.show(PriceJSON.lint(findings)) {
                    findings.forEach { show("\($0.severity.rawValue): \($0.diagnostic)") }
                }
                say(errors.counted("error") + ", " + (findings.count - errors).counted("warning"))
                if errors > 0 { throw Exit.failed }
            }
        }
    }
}
