import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender

extension PricesCommand {
    /// The files that a comparison reads.
    struct OfferOptions: ParsableArguments {
        @Argument(help: "Files of AWS's public price list, in JSON.", completion: .file(extensions: ["json"]))
        var files: [String]

        @Option(
            name: .long,
            help: .init("Which model ids the names in the files stand for; default: offers.csv.", valueName: "file"),
            completion: .file(extensions: ["csv"])
        )
        var map: String?

        func diff(_ catalog: PriceCatalog, pricesPath: String?) throws -> PriceDiff {
            let map = try OfferMap.read(map, besides: pricesPath)
            return PriceDiff(catalog, with: try files.map(PriceOffer.read), map)
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compares the price file with files of AWS's public price list."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var offers: OfferOptions

        func run() throws {
            try reporting {
                let session = Session(global)
                let diff = try offers.diff(try session.prices(), pricesPath: session.pricesPath)
                output.show(PriceDiffJSON.value(diff)) {
                    show(PriceDiffText.render(diff, style: drawing.style(session.environment)))
                }
            }
        }
    }

    struct Update: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a price file with the prices of AWS's public price list.",
            discussion: "A changed row ends on the day of the file, and a new one begins. Nothing is changed in place."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var offers: OfferOptions

        @Option(
            name: .customLong("output"),
            help: .init("Where to write the price file; default: stdout.", valueName: "path"),
            completion: .file()
        )
        var path: String?

        func validate() throws {
            if output.format == .json, path == nil {
                throw ValidationError("--format json needs --output, because stdout is then not the price file")
            }
        }

        func run() throws {
            try reporting {
                let session = Session(global)
                let catalog = try session.prices()
                let diff = try offers.diff(catalog, pricesPath: session.pricesPath)
                let text: String
                do {
                    text = try catalog.updated(by: diff)
                } catch {
                    say("purser: no price file was written, because it would break a rule of the lint:")
                    throw error
                }
                guard let path else {
                    show(file: text)
                    say(PriceDiffText.summary(diff))
                    return
                }
                do {
                    try text.write(toFile: path, atomically: true, encoding: .utf8)
                } catch {
                    throw FileError(path, error)
                }
                output.show(PriceDiffJSON.updated(diff, path: path)) { show(plain: PriceDiffText.summary(diff)) }
            }
        }
    }
}
