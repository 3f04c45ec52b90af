import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Reports what a month cost, by model, team and more, exact to the last picodollar.",
        subcommands: [
            CostForecastCommand.self, CostEstimateCommand.self, CostWhatIfCommand.self, CostReconcileCommand.self,
            CostCloseCommand.self,
        ]
    )

    /// The format of a report: JSON is `purser.cost/1`.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case csv
        case focus
    }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions

    @OptionGroup var output: CostFormatOption
    @OptionGroup var period: CostPeriodOptions
    @OptionGroup var asOf: AsOfOption

    @OptionGroup var split: CostKeysOption

    @OptionGroup var focus: FocusOptions
    @OptionGroup var explain: ExplainOptions

    func run() throws {
        try reporting {
            let account = try focus.account(of: self)
            let session = Session(global)
            let now = asOf.time
            let store = try session.store(.existing)
            let (month, keys, filters) = (
                try period.calendarMonth(now), try split.keys(standard: [.team, .model]), try period.readFilters()
            )
            if let account {
                let focus = try store.snapshot {
                    try FocusDataset.read(month, asOf: now, where: filters, account: account, from: store)
                }
                return try self.focus.report(focus.dataset, focus.context)
            }
            let zone = period.timeZone
            let whole = CostQuery(
                zone.start(of: month)..<zone.start(of: month.next),
                asOf: now,
                where: filters,
                in: zone
            )
            if let query = try explain.narrowed(whole) {
                return try list(store.costCalls(query, limit: explain.rows), session)
            }
            try session.withAlertBudget { budget in
                let report = try store.snapshot {
                    var report = try CostReport(
                        month,
                        asOf: now,
                        by: keys,
                        where: filters,
                        in: period.timeZone,
                        from: session.reader(store),
                        budget: budget?.limit
                    )
                    if filters.isEmpty, zone == .utc {
                        try report.addVerdict(from: store)
                    }
                    return report
                }
                switch output.format {
                case .json: show(CostJSON.value(report))
                case .csv: show(CostCSV.text(report), end: "")
                case .text, .focus:
                    let style = drawing.style(session.environment)
                    show(CostText.render(report, style: style, isTableCut: drawing.cutsTables))
                    try store.sayIfLimitDiffers(from: budget?.limit)
                }
            }
        }
    }

    private func list(_ explanation: CostExplanation, _ session: Session) throws {
        guard split.by == nil else { throw UsageError("--explain lists calls, which --by does not split") }
        switch output.format {
        case .json: show(CostExplanationJSON.value(explanation))
        case .text:
            drawing.show(
                CostExplanationText.table(explanation),
                session.environment,
                ifEmpty: "no settled calls in this figure"
            )
        case .csv, .focus: throw UsageError("--explain has the formats text and json")
        }
    }

    /// Throws a usage error if an option is given that makes the report something else, which no subcommand can be.
    func rejectListings(of subcommand: String) throws {
        if let given = focus.firstGiven ?? explain.firstGiven {
            throw UsageError("\(given) is an option of `purser cost`, which `\(subcommand)` does not have")
        }
    }

    /// Throws a usage error if an option of the report is given that a subcommand does not have: ArgumentParser reads the
    /// options of both together.
    func rejectOptions(of subcommand: String) throws {
        try rejectListings(of: subcommand)
        let given = period.firstGiven ?? split.by.map { _ in "--by" }
        if let given { throw UsageError("\(given) is an option of `purser cost`, which `\(subcommand)` does not have") }
    }
}
