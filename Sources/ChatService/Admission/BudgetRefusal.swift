package import PurserCore

/// A budget that a call does not fit into, and the call's worst case.
package struct BudgetRefusal: Sendable, Equatable {
    package var scope: BudgetScope
    package var window: BudgetWindow
    package var spent: Picodollars
    package var held: Picodollars
    package var limit: Picodollars
    package var resets: Timestamp
    package var worstCase: WorstCase
    /// Whether the caller can ask for a shorter answer.
    package var mayShorten: Bool

    package init(
        scope: BudgetScope,
        window: BudgetWindow = .month,
        spent: Picodollars,
        held: Picodollars,
        limit: Picodollars,
        resets: Timestamp,
        worstCase: WorstCase,
        mayShorten: Bool = false
    ) {
        self.scope = scope
        self.window = window
        self.spent = spent
        self.held = held
        self.limit = limit
        self.resets = resets
        self.worstCase = worstCase
        self.mayShorten = mayShorten
    }

    init(_ excess: BudgetExcess, worstCase: WorstCase, mayShorten: Bool) {
        self.init(
            scope: excess.budget.scope,
            window: excess.budget.window,
            spent: excess.total.spent,
            held: excess.total.held,
            limit: excess.budget.limit ?? .zero,
            resets: excess.resets,
            worstCase: worstCase,
            mayShorten: mayShorten
        )
    }

    /// What is left of the budget.
    package var left: Picodollars {
        max(.zero, limit - spent - held)
    }

    /// Whether the call does not even fit into a new period.
    package var neverFits: Bool {
        worstCase.total > limit
    }

    /// Whether the call fits when the running requests have ended, if they cost nothing more.
    package var fitsLater: Bool {
        worstCase.total <= limit - spent
    }

    /// The most output tokens with which the call fits now; zero if the input alone does not fit.
    package var mostOutputTokens: Int {
        worstCase.mostOutputTokens(within: left)
    }

    var message: String {
        let decimals = decimals
        func dollars(_ amount: Picodollars) -> String { amount.inDollars(decimals: decimals) }
        let parts =
            "\(dollars(worstCase.input)) for up to \(worstCase.inputTokens) input tokens and "
            + "\(dollars(worstCase.output)) for up to \(worstCase.outputTokens) output tokens"
        var text =
            "The answer could exceed this \(window.rawValue)'s budget \(scope.phrase)of $\(limit.exactDollars): it can cost up to "
            + "\(dollars(worstCase.total)) (\(parts)), and \(dollars(left)) is left "
            + "(\(dollars(spent)) spent, \(dollars(held)) held by running requests)."
        if mayShorten, mostOutputTokens > 0 {
            text += " An answer of at most \(mostOutputTokens) tokens (inferenceConfig.maxTokens) fits."
        }
        if fitsLater { text += " It may fit when running requests have ended." }
        if neverFits { return text + " It does not fit into the whole budget either." }
        return text + " The budget resets at \(resets)."
    }

    /// The fewest decimals with which the worst case and what is left look different, and the limit is exact.
    private var decimals: Int {
        let ofLimit = limit.exactDollars.split(separator: ".").last?.count ?? 0
        return (ofLimit...Picodollars.decimals).first {
            worstCase.total.inDollars(decimals: $0) != left.inDollars(decimals: $0)
        } ?? Picodollars.decimals
    }

}

extension BudgetScope {
    /// The scope between the words of a sentence to the caller, with a space after it.
    var phrase: String {
        switch kind {
        case .all: ""
        case .team: "of team \(name ?? "") "
        default: "of this \(kind.word) "
        }
    }
}
