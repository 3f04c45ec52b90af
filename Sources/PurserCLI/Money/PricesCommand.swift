import ArgumentParser
import Purser
import PurserCore
import PurserRender

struct PricesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "Lists and checks the price file.",
        subcommands: [List.self, Lint.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the prices, in US dollars a million tokens.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Only model ids that contain this text.")
        var filter: String?

        func run() throws {
            try reporting {
                let session = Session(global)
                let prices = try session.prices().prices.filter { price in
                    filter.map { price.modelId.contains($0) } ?? true
                }
                switch output.format {
                case .json:
                    let rows = prices.map { price -> JSONValue in
                        [
                            "model": .string(price.modelId), "region": JSONValue(price.region),
                            "input": JSONValue(Price.dollarsPerMillion(price.input)),
                            "output": JSONValue(Price.dollarsPerMillion(price.output)),
                            "cacheRead": JSONValue(price.cacheRead.map(Price.dollarsPerMillion)),
                            "cacheWrite5m": JSONValue(price.cacheWrite5m.map(Price.dollarsPerMillion)),
                            "cacheWrite1h": JSONValue(price.cacheWrite1h.map(Price.dollarsPerMillion)),
                            "status": .string(price.status.rawValue), "retrieved": .string(price.retrieved.date),
                        ]
                    }
                    show(
                        JSONValue(
                            schema: "purser.prices-list/1",
                            ["unit": "USD per million tokens", "prices": .array(rows)]
                        )
                    )
                case .text:
                    var table = TextTable([
                        .init("MODEL"), .init("INPUT", .trailing), .init("OUTPUT", .trailing),
                        .init("CACHE READ", .trailing), .init("WRITE 5M", .trailing),
                        .init("WRITE 1H", .trailing), .init("STATUS"),
                    ])
                    for price in prices {
                        table.rows.append(
                            [
                                price.modelId, Price.dollarsPerMillion(price.input),
                                Price.dollarsPerMillion(price.output),
                            ]
                                + [price.cacheRead, price.cacheWrite5m, price.cacheWrite1h].map {
                                    $0.map(Price.dollarsPerMillion) ?? ""
                                }
                                + [price.status.rawValue]
                        )
                    }
                    show(
                        table.text(style: drawing.style(session.environment), piped: !DrawingOptions.isTerminal)
                    )
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

        @Option(name: .long, parsing: .unconditional, help: "The moment that is taken for now.")
        var at: TimeArgument?

        func run() throws {
            try reporting {
                let findings = try Session(global).prices().lint(asOf: at?.time(now: .now) ?? .now)
                let errors = findings.count { $0.severity == .error }
                output.show(json(findings, errors: errors)) {
                    findings.forEach { show("\($0.severity.rawValue): \($0.diagnostic)") }
                }
                say("\(errors) errors, \(findings.count - errors) warnings")
                if errors > 0 { throw Exit.failed }
            }
        }

        private func json(_ findings: [PriceLintFinding], errors: Int) -> JSONValue {
            JSONValue(
                schema: "purser.prices-lint/1",
                [
                    "errors": .integer(errors), "warnings": .integer(findings.count - errors),
                    "findings": .array(findings.map(\.json)),
                ]
            )
        }
    }
}
