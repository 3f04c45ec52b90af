import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct CostForecastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Forecasts the month's cost and requests, and measures how good past forecasts would have been.",
        discussion: """
            Without a name it is the month of all calls, in UTC, compared with the store's budget or, without \
            one, budget.json and the quota. With a name it is of that name's live calls, compared with its monthly budget or \
            that for each name.
            """
    )

    @ParentCommand var report: CostCommand

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: CostFormatOption
    @OptionGroup var names: ScopeOptions
    @OptionGroup var asOf: AsOfOption

    @Flag(name: .long, help: "Compare forecasts from each day of up to six past months with what those months cost.")
    var backtest = false

    func run() throws {
        try reporting {
            try report.rejectOptions(of: "forecast")
            let session = Session(global)
            let (format, scope) = (try output.ofPlan(), try names.scope())
            let store = try session.store(.existing)
            let reader = try session.reader(store)
            try session.withAlertBudget { budget in
                let report =
                    try scope == .all
                    ? store.snapshot { try ForecastReport(asOf: asOf.time, from: reader, budget: budget?.limit) }
                    : ForecastReport(of: scope, asOf: asOf.time, from: reader, isCompared: backtest)
                switch format {
                case .json: show(ForecastJSON.value(report, hasBacktest: backtest))
                case .text:
                    let style = drawing.style(session.environment)
                    show(ForecastText.facts(report).text(style: style, piped: !DrawingOptions.isTerminal))
                    if backtest, let past = report.backtest, past.whole.cutPoints > 0 {
                        drawing.show(ForecastText.backtest(past), session.environment, ifEmpty: "")
                    }
                }
            }
        }
    }
}
