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
            abstract: "Shows the budgets, and what the month has used of them.",
            discussion: """
                The budget for all calls is the one that is set in the store; without one each purserd holds its own \
                PURSERD_BUDGET_USD, and what this shows is that of its own environment.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @Option(name: .long, parsing: .unconditional, help: "The moment that is taken for now.")
        var at: TimeArgument?

        func run() throws {
            try reporting {
                let session = Session(global)
                let store = try session.store(.existing)
                let month = CalendarMonth(containing: at?.time(now: .now) ?? .now)
                let configured = try session.chatConfiguration().budget
                let lines = try store.snapshot { try BudgetLine.all(of: store, month, configured: configured) }
                let alerts = try session.rules().budget?.limit
                switch output.format {
                case .json:
                    show(
                        JSONValue(
                            schema: "purser.budget-show/1",
                            [
                                "month": .string(month.description), "resetsAt": .string(month.end.iso8601()),
                                "currency": "USD", "alertLimit": JSONValue(alerts?.description),
                                "budgets": .array(lines.map(\.json)),
                            ]
                        )
                    )
                case .text:
                    show(table(lines, month, session))
                    BudgetLine.sayIfTheyDiffer(alerts: alerts, calls: lines[0].limit)
                }
            }
        }

        private func table(_ lines: [BudgetLine], _ month: CalendarMonth, _ session: Session) -> String {
            var table = TextTable([
                .init("BUDGET"), .init("NAME", leastWidth: 8), .init("LIMIT", .trailing), .init("SPENT", .trailing),
                .init("HELD", .trailing), .init("REMAINING", .trailing), .init("RESETS", dropRank: 1),
                .init("SET BY", dropRank: 2),
            ])
            for line in lines {
                table.rows.append([
                    line.kind, line.name ?? "", line.limit?.exactDollars ?? "none", line.spent.cents, line.held.cents,
                    line.remaining?.cents ?? "", month.end.iso8601(), line.source ?? "",
                ])
            }
            return table.text(style: drawing.style(session.environment), piped: !DrawingOptions.isTerminal)
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a budget in the store, or takes it away.",
            discussion: """
                It holds from the next reservation on, in every process that uses the store. What the month has spent and \
                holds already counts. A budget below that refuses every call until the month ends or the budget is raised.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Option(name: .long, help: "For the calls of a team.")
        var team: String?

        @Option(name: .long, help: "For the calls of a user.")
        var user: String?

        @Option(name: .long, help: "For the calls of an access key, by its id.")
        var key: String?

        @Argument(help: "US dollars a calendar month, like 25 or 12.50; or none.")
        var amount: String

        @Option(name: .long, parsing: .unconditional, help: "The moment that is taken for now.")
        var at: TimeArgument?

        func run() throws {
            try reporting {
                let session = Session(global)
                let (scope, limit) = (try scope(), try limit())
                let store = try session.store(.existing)
                try checkIsKnown(scope, store)
                let now = at?.time(now: .now) ?? .now
                let month = CalendarMonth(containing: now)
                let configured = try session.chatConfiguration().budget
                // Another one who sets it at the same time is before or after.
                let (before, after) = try store.transaction {
                    let before = try line(scope, store, month, configured)
                    if let limit {
                        try store.setBudget(limit, for: scope, at: now)
                    } else {
                        try store.removeBudget(for: scope)
                    }
                    return (before, try line(scope, store, month, configured))
                }
                let json = JSONValue(
                    schema: "purser.budget-set/1",
                    ["before": JSONValue(before.limit?.description), "budget": after.json]
                )
                output.show(json) {
                    show(plain: "\(after.title): \(after.limitText), before \(before.limitText)")
                }
                if let limit = after.limit, after.spent + after.held >= limit {
                    say("nothing of it is left: every call that counts in it is refused until \(month.end)")
                }
            }
        }

        private func line(_ scope: BudgetScope, _ store: Store, _ month: CalendarMonth, _ configured: Picodollars?)
            throws
            -> BudgetLine
        {
            try BudgetLine.all(of: store, month, configured: configured).first { $0.scope == scope }
                ?? BudgetLine(scope: scope)
        }

        private func scope() throws -> BudgetScope {
            let named = [team.map(BudgetScope.team), user.map(BudgetScope.user), key.map(BudgetScope.accessKey)]
                .compactMap(\.self)
            guard named.count <= 1 else { throw UsageError("give one of --team, --user and --key") }
            guard let scope = named.first else { return .all }
            if [team, user, key].compactMap(\.self).contains(where: \.isEmpty) {
                throw UsageError("--team, --user and --key take a name")
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

        /// A key's id is copied from somewhere: a wrong one would hold nothing. A team or a user may be new.
        private func checkIsKnown(_ scope: BudgetScope, _ store: Store) throws {
            guard scope != .all, amount != "none", try !store.hasCall(in: scope) else { return }
            if case .accessKey(let id) = scope {
                if try store.accessKey(id) != nil { return }
                throw UsageError("there is no access key \(id); `purser keys list` has them")
            }
            say("no call of this \(scope.word) is in the ledger yet: is the name right?")
        }
    }
}

/// A budget as it is shown.
struct BudgetLine {
    var scope: BudgetScope
    /// Nil where there is none.
    var limit: Picodollars?
    var spent = Picodollars.zero
    var held = Picodollars.zero
    /// Who says how much it is.
    var source: String?

    /// Tells the reader of a report which compares with budget.json that the store refuses calls at another amount.
    static func sayIfTheyDiffer(alerts: Picodollars?, of store: Store, _ month: CalendarMonth) throws {
        let whole = try store.budgets(month).first { $0.scope == .all }
        sayIfTheyDiffer(alerts: alerts, calls: whole?.limit)
    }

    static func sayIfTheyDiffer(alerts: Picodollars?, calls: Picodollars?) {
        guard let alerts, let calls, alerts != calls else { return }
        say("budget.json tells of \(alerts.inDollars) a month, and calls are refused at \(calls.inDollars)")
    }

    /// That of all calls first, which is the store's or, without one, `configured`.
    static func all(of store: Store, _ month: CalendarMonth, configured: Picodollars?) throws -> [BudgetLine] {
        let stored = try store.budgets(month).map { standing in
            BudgetLine(
                scope: standing.scope,
                limit: standing.limit,
                spent: standing.spent,
                held: standing.held,
                source: "the store"
            )
        }
        if stored.first?.scope == .all { return stored }
        let total = try store.monthTotal(month)
        let source = configured == nil ? nil : "PURSERD_BUDGET_USD"
        return [BudgetLine(scope: .all, limit: configured, spent: total.spent, held: total.held, source: source)]
            + stored
    }

    var remaining: Picodollars? {
        limit.map { max(.zero, $0 - spent - held) }
    }

    var kind: String {
        scope == .all ? "all calls" : scope.word
    }

    var name: String? {
        switch scope {
        case .all: nil
        case .team(let name), .user(let name), .accessKey(let name): name
        }
    }

    var title: String {
        "budget of " + ([kind] + [name].compactMap(\.self)).joined(separator: " ")
    }

    var limitText: String {
        guard let limit else { return "none" }
        return limit.exactDollars + (source == "the store" ? "" : " by PURSERD_BUDGET_USD")
    }

    var json: JSONValue {
        [
            "scope": .string(scope.key), "name": JSONValue(name), "limit": JSONValue(limit?.description),
            "spent": .string(spent.description), "held": .string(held.description),
            "remaining": JSONValue(remaining?.description),
            "source": source == nil ? .null : .string(source == "the store" ? "store" : "environment"),
        ]
    }
}

extension BudgetScope {
    fileprivate var word: String {
        self.key == "key" ? "access key" : self.key
    }

    /// As the options and the JSON have it.
    fileprivate var key: String {
        switch self {
        case .all: "all"
        case .team: "team"
        case .user: "user"
        case .accessKey: "key"
        }
    }
}
