import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct CostWhatIfCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-if",
        abstract: "Computes what the calls of a month would have cost with another model.",
        discussion: "The other model's prices are those of now, or of --at."
    )

    @ParentCommand var report: CostCommand

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: CostFormatOption
    @OptionGroup var period: CostPeriodOptions
    @OptionGroup var asOf: AsOfOption
    @OptionGroup var split: CostKeysOption

    @Option(
        name: .long,
        help: .init("The other model, exactly as it would be called.", valueName: "id"),
        completion: NameCompletion.models
    )
    var model: String

    func run() throws {
        try reporting {
            try report.rejectListings(of: "what-if")
            let session = Session(global)
            let format = try output.ofPlan()
            let now = asOf.time
            let (month, keys) = (try period.calendarMonth(now), try split.keys(standard: [.model]))
            let filters = try period.readFilters()
            let price = try session.price(of: model, option: "--model", at: now)
            let store = try session.store(.existing)
            let whatIf = try CostWhatIf(
                month,
                asOf: now,
                by: keys,
                where: filters,
                in: period.timeZone,
                at: price,
                from: store
            )
            switch format {
            case .json: show(CostWhatIfJSON.value(whatIf))
            case .text:
                let style = drawing.style(session.environment)
                show(CostWhatIfText.render(whatIf, style: style, isTableCut: drawing.cutsTables))
            }
        }
    }
}
