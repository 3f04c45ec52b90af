import ArgumentParser
import ChatService
import Purser
import PurserCore
import PurserRender
import PurserStore

struct BudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Shows and sets what a calendar month may cost, for all calls and by team, user or access key.",
        subcommands: [Show.self, Set.self],
        defaultSubcommand: Show.self
    )

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the budgets, and how much of them the month has used.",
            discussion: """
                The budget for all calls is the one set in the store. Without one, each purserd enforces its own \
                PURSERD_BUDGET_USD, and this command shows the value from its own environment.
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
                let configured = try session.chatConfiguration().budget
                let lines = try store.budgetLines(month, configured: configured)
                let restorations = try store.restorations()
                try session.withAlertBudget { budget in
                    let alerts = budget?.limit
                    output.show(BudgetJSON.list(lines, month, alertLimit: alerts, restored: restorations.last)) {
                        drawing.show(BudgetText.list(lines, month), session.environment, ifEmpty: "no budgets")
                        if let note = BudgetText.nonLive(lines) { say(note) }
                        if let note = BudgetText.difference(alerts: alerts, calls: lines[0].limit) { say(note) }
                        if let note = StoreText.note(restorations, in: month) { say(note) }
                    }
                }
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a budget in the store, or removes it.",
            discussion: """
                It takes effect at the next reservation, in every process that uses the store. What the month has \
                already spent or reserved counts. A budget below that refuses every call until the month ends or the \
                budget is raised.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Option(name: .long, help: "For the calls of a team.")
        var team: String?

        @Option(name: .long, help: "For the calls of a user.")
        var user: String?

        @Option(name: .long, help: "For the calls of an access key, by its id.", completion: NameCompletion.accessKeys)
        var key: String?

        @Argument(help: "US dollars per calendar month, like 25 or 12.50, or none.")
        var amount: String

        @OptionGroup var asOf: AsOfOption

        func run() throws {
            try reporting {
                let session = Session(global)
                let (scope, limit) = (try scope(), try limit())
                let store = try session.store(.existing)
                try checkIsKnown(scope, store)
                let now = asOf.time
                let month = CalendarMonth(containing: now)
                let configured = try session.chatConfiguration().budget
                // A command that sets it at the same time runs entirely before or after.
                let (before, after) = try store.transaction {
                    let before = try line(scope, store, month, configured)
                    if let limit {
                        try store.setBudget(limit, for: scope, at: now)
                    } else {
                        try store.removeBudget(for: scope)
                    }
                    return (before, try line(scope, store, month, configured))
                }
                output.show(BudgetJSON.set(before: before, after: after)) {
                    show(plain: BudgetText.set(before: before, after: after))
                }
                if after.isUsedUp {
                    say("none of it is left: every call that counts against it is refused until \(month.end)")
                }
            }
        }

        private func line(_ scope: BudgetScope, _ store: Store, _ month: CalendarMonth, _ configured: Picodollars?)
            throws
            -> BudgetLine
        {
            try store.budgetLines(month, configured: configured).first { $0.scope == scope }
                ?? BudgetLine(scope: scope)
        }

        private func scope() throws -> BudgetScope {
            let named = [team.map(BudgetScope.team), user.map(BudgetScope.user), key.map(BudgetScope.accessKey)]
                .compactMap(\.self)
            guard named.count <= 1 else { throw UsageError("give one of --team, --user and --key") }
            guard let scope = named.first else { return .all }
            guard [team, user, key].compactMap(\.self).allSatisfy(CallerName.isValid) else {
                throw UsageError("--team, --user and --key take a name; it must be \(CallerName.form)")
            }
            return scope
        }

        private func limit() throws -> Picodollars? {
            if amount == "none" { return nil }
            guard let limit = Picodollars(dollars: amount) else {
                throw UsageError("a budget is an amount in dollars like 25 or 12.50, or none, not `\(amount)`")
            }
            return limit
        }

        /// Rejects an access key that does not exist, because a miscopied id would limit nothing. A team or a user may
        /// be new.
        private func checkIsKnown(_ scope: BudgetScope, _ store: Store) throws {
            guard scope != .all, amount != "none", try !store.hasCall(in: scope) else { return }
            if case .accessKey(let id) = scope {
                if try store.accessKey(id) != nil { return }
                throw UsageError("there is no access key \(id); `purser keys list` shows them")
            }
            say("the ledger has no calls of this \(scope.word) yet: is the name right?")
        }
    }
}

extension Store {
    /// Notes, for a report that compares with budget.json, that the store refuses calls at a different amount.
    func sayIfLimitDiffers(from alerts: Picodollars?, _ month: CalendarMonth) throws {
        let whole = try budgets(month).first { $0.scope == .all }
        if let note = BudgetText.difference(alerts: alerts, calls: whole?.limit) { say(note) }
    }
}
