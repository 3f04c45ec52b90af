import ArgumentParser
import ChatService
import Purser
import PurserCore
import PurserRender
import PurserStore

struct BudgetSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Sets a budget in the store.",
        discussion: """
            It takes effect at the next reservation, in every process that uses the store. What the present period has \
            already spent or reserved counts. A budget below that refuses every call until the period ends or the budget \
            is raised. What is not given stays as it is: an amount, a quota of requests, a time zone. A call must fit \
            into every budget that it counts towards.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var options: BudgetOptions

    @Option(name: .long, help: "The number of requests allowed in the window, or none.")
    var requests: String?

    @Option(
        name: .long,
        help: "The zone in whose clock the window begins, like Europe/Berlin; UTC if it is never given.",
        transform: readZone
    )
    var timeZone: ClockZone?

    @Argument(help: "US dollars in the window, like 25 or 12.50, or none.")
    var amount: String?

    @OptionGroup var asOf: AsOfOption

    func run() throws {
        try reporting {
            let session = Session(global)
            let scope = try options.scope()
            let (limit, quota) = (try limit(), try quota())
            if limit == nil, quota == nil, timeZone == nil {
                throw UsageError("give an amount in dollars like 25 or 12.50, or none, or --requests")
            }
            let store = try session.store(.existing)
            try checkIsKnown(scope, store)
            let now = asOf.time
            // A command that sets it at the same time runs entirely before or after.
            let (before, after, text) = try store.transaction {
                let before = try line(scope, store, session)
                let known = try stored(scope, store)
                var budget = known ?? Budget(scope: scope, window: options.window)
                if let limit { budget.limit = limit.value }
                if let quota { budget.requests = quota.value }
                if let timeZone { budget.zone = timeZone }
                if budget.limit == nil, budget.requests == nil {
                    guard limit != nil || quota != nil else {
                        throw UsageError(
                            "there is no such budget yet; give an amount in dollars like 25, or --requests"
                        )
                    }
                    try store.removeBudget(for: scope, options.window, at: now)
                } else {
                    try store.setBudget(budget, at: now)
                }
                let configured = budget.isOfAllInMonth ? try session.chatConfiguration().budget : nil
                let text = BudgetText.set(
                    budget,
                    before: known,
                    after: try stored(scope, store),
                    configured: configured
                )
                return (before, try line(scope, store, session), text)
            }
            output.show(BudgetJSON.set(before: before, after: after)) { show(plain: text) }
            if after.isUsedUp {
                let whose = scope.isEach ? " of \(after.fullest ?? "")" : ""
                say(
                    "none of it is left: every call\(whose) that counts against it is refused until "
                        + "\(after.period.upperBound)"
                )
            }
        }
    }

    private func stored(_ scope: BudgetScope, _ store: Store) throws -> Budget? {
        try store.budgets().first { $0.scope == scope && $0.window == options.window }
    }

    private func line(_ scope: BudgetScope, _ store: Store, _ session: Session) throws -> BudgetLine {
        let configured = try session.chatConfiguration()
        return try store.budgetLine(
            scope,
            options.window,
            at: asOf.time,
            limit: configured.budget,
            quota: configured.quota
        )
    }

    /// What is given for a part of the budget; `none` removes that part.
    private struct Given<Value> {
        var value: Value?
    }

    private func limit() throws -> Given<Picodollars>? {
        guard let amount else { return nil }
        if amount == "none" { return Given() }
        guard let limit = Picodollars(dollars: amount) else {
            throw UsageError("a budget is an amount in dollars like 25 or 12.50, or none, not `\(amount)`")
        }
        return Given(value: limit)
    }

    private func quota() throws -> Given<Int>? {
        guard let requests else { return nil }
        if requests == "none" { return Given() }
        guard let number = Int(requests), number >= 0, requests.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw UsageError("--requests takes a whole number like 500, or none, not `\(requests)`")
        }
        return Given(value: number)
    }

    /// Rejects an access key that does not exist, because a miscopied id would limit nothing. Other names may be new.
    private func checkIsKnown(_ scope: BudgetScope, _ store: Store) throws {
        guard let name = scope.name, amount != "none", try !store.hasCall(in: scope) else { return }
        if scope.kind == .accessKey {
            if try store.accessKey(name) != nil { return }
            throw UsageError("there is no access key \(name); `purser keys list` shows them")
        }
        say("the ledger has no calls of this \(scope.word) yet: is the name right?")
    }
}

struct BudgetRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes a budget from the store.",
        discussion: "It takes effect at the next reservation, in every process that uses the store."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var options: BudgetOptions

    @OptionGroup var asOf: AsOfOption

    func run() throws {
        try reporting {
            let scope = try options.scope()
            let store = try Session(global).store(.existing)
            let removed = try store.transaction {
                let budget = try store.budgets().first { $0.scope == scope && $0.window == options.window }
                if budget != nil { try store.removeBudget(for: scope, options.window, at: asOf.time) }
                return budget
            }
            guard let removed else {
                let budget = BudgetText.title(Budget(scope: scope, window: options.window))
                throw UsageError("there is no \(budget); `purser budget list` shows those that are set")
            }
            output.show(BudgetJSON.removed(removed)) { show(plain: BudgetText.removed(removed)) }
        }
    }
}
