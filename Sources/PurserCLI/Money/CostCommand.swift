import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Reports what a month cost, by model and team, exact to the last picodollar."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions

    @Option(
        name: .long,
        help: "The calendar month (UTC), like 2026-11; default: the current one.",
        completion: NameCompletion.months
    )
    var month: String?

    @OptionGroup var asOf: AsOfOption

    @Option(name: .long, help: "What to split by, separated by commas: model, team, user, application.")
    var by = "team,model"

    func run() throws {
        try reporting {
            let session = Session(global)
            let now = asOf.time
            let store = try session.store(.existing)
            let (month, keys) = (try calendarMonth(now), try keys())
            let prices = try session.prices()
            try session.withAlertBudget { budget in
                let report = try store.snapshot {
                    try CostReport(
                        month,
                        asOf: now,
                        by: keys,
                        from: session.reader(store),
                        budget: budget?.limit,
                        prices: prices
                    )
                }
                switch output.format {
                case .json: show(CostJSON.value(report))
                case .text:
                    let style = drawing.style(session.environment)
                    show(CostText.render(report, style: style, isTableCut: drawing.cutsTables))
                    try store.sayIfLimitDiffers(from: budget?.limit, month)
                }
            }
        }
    }

    private func calendarMonth(_ now: Timestamp) throws -> CalendarMonth {
        guard let month else { return CalendarMonth(containing: now) }
        guard let parsed = CalendarMonth(month) else {
            throw UsageError("--month takes a month like 2026-11, not `\(month)`")
        }
        guard parsed <= CalendarMonth(containing: now) else { throw UsageError("\(parsed) has not begun yet") }
        return parsed
    }

    private func keys() throws -> [CostReport.Key] {
        let keys = try by.split(separator: ",").map { name in
            guard let key = CostReport.Key(rawValue: String(name)) else {
                let allowed = CostReport.Key.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--by takes \(allowed), not `\(name)`")
            }
            return key
        }
        guard Set(keys).count == keys.count, !keys.isEmpty else { throw UsageError("--by repeats a key or names none") }
        return keys
    }
}
