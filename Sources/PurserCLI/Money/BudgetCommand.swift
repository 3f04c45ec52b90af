import ArgumentParser
import ChatService
import Purser
import PurserCore
import PurserRender
import PurserStore

struct BudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Shows and sets what calls may cost, and how many they may be, by the hour, day, week and month.",
        subcommands: [Show.self, List.self, BudgetSetCommand.self, BudgetRemoveCommand.self],
        defaultSubcommand: Show.self
    )

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Shows the budgets, how much of each its present period has used, and how much it is expected to use.",
            discussion: """
                The budget of a month for all calls is the one set in the store. Without one, each purserd enforces its \
                own PURSERD_BUDGET_USD and PURSERD_QUOTA, and this command shows the values from its own environment.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @OptionGroup var asOf: AsOfOption

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let month = CalendarMonth(containing: asOf.time)
                let configured = try session.chatConfiguration()
                var lines = try store.budgetLines(
                    at: asOf.time,
                    limit: configured.budget,
                    quota: configured.quota
                )
                try session.reader(store).addForecasts(to: &lines, at: asOf.time)
                let restorations = try store.restorations()
                try session.withAlertBudget { budget in
                    let alerts = budget?.limit
                    output.show(BudgetJSON.list(lines, month, alertLimit: alerts, restored: restorations.last)) {
                        drawing.show(BudgetText.list(lines), session.environment, ifEmpty: "no budgets")
                        if let note = BudgetText.nonLive(lines) { say(note) }
                        if let note = BudgetText.difference(alerts: alerts, calls: lines[0].budget.limit) { say(note) }
                        if let note = StoreText.note(restorations, in: month) { say(note) }
                    }
                }
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the budgets that are set in the store, without what is used of them."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try reporting {
                let session = Session(global)
                let budgets = try session.store(.existing).budgets()
                output.show(BudgetJSON.definitions(budgets)) {
                    drawing.show(BudgetText.definitions(budgets), session.environment, ifEmpty: "no budgets")
                }
            }
        }
    }
}

extension Store {
    /// Notes, for a report that compares with budget.json, that the store refuses calls at a different amount.
    func sayIfLimitDiffers(from alerts: Picodollars?) throws {
        let whole = try budgets().first(where: \.isOfAllInMonth)
        if let note = BudgetText.difference(alerts: alerts, calls: whole?.limit) { say(note) }
    }
}
