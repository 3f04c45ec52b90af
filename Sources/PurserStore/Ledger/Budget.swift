public import PurserCore

/// The calls that a budget is for.
public enum BudgetScope: Sendable, Hashable {
    case all
    case team(String)
    case user(String)
    /// The id of an access key.
    case accessKey(String)

    /// The columns of the table.
    var key: (kind: Kind, name: String) {
        switch self {
        case .all: (.all, "")
        case .team(let name): (.team, name)
        case .user(let name): (.user, name)
        case .accessKey(let id): (.accessKey, id)
        }
    }

    init(_ kind: Kind, _ name: String) {
        self =
            switch kind {
            case .all: .all
            case .team: .team(name)
            case .user: .user(name)
            case .accessKey: .accessKey(name)
            }
    }

    /// In the order in which budgets are listed; the raw values are the ledger's columns.
    enum Kind: String, CaseIterable {
        case all
        case team
        case user
        case accessKey = "access_key"
    }
}

/// The running totals of a calendar month.
public struct MonthTotal: Sendable, Equatable {
    public var requests: Int
    public var spent: Picodollars
    /// Held by calls that are not settled.
    public var held: Picodollars

    public init(requests: Int = 0, spent: Picodollars = .zero, held: Picodollars = .zero) {
        self.requests = requests
        self.spent = spent
        self.held = held
    }
}

/// A budget, and how much of it a calendar month has used.
public struct BudgetStanding: Sendable, Equatable {
    public var scope: BudgetScope
    public var limit: Picodollars
    public var spent: Picodollars
    public var held: Picodollars

    public init(scope: BudgetScope, limit: Picodollars, spent: Picodollars, held: Picodollars) {
        self.scope = scope
        self.limit = limit
        self.spent = spent
        self.held = held
    }

    /// What the next call may hold; zero where a budget was lowered below what is spent and held.
    public var remaining: Picodollars {
        max(.zero, limit - spent - held)
    }
}

/// The budget that a call does not fit into: of several, the one with the least left.
public struct BudgetExcess: Sendable, Equatable {
    public var scope: BudgetScope
    /// The month's calls of that scope, without the refused one.
    public var total: MonthTotal
    /// The whole limit, even if the call might use only a percentage of it.
    public var limit: Picodollars

    public init(scope: BudgetScope, total: MonthTotal, limit: Picodollars) {
        self.scope = scope
        self.total = total
        self.limit = limit
    }
}

/// The running totals that one call counts in, while a transaction changes them.
struct BudgetAccounts {
    struct Account {
        var scope: BudgetScope
        /// Nil in the first account where no budget is for all calls.
        var limit: Picodollars?
        var total: MonthTotal

        /// Negative where a budget was lowered below what is spent and held.
        func room(percent: Int) -> Int128? {
            limit.map { $0.rawValue * Int128(min(percent, 100)) / 100 - total.spent.rawValue - total.held.rawValue }
        }
    }

    var month: CalendarMonth
    /// That of all calls first, then those that have a budget.
    var list: [Account]

    /// The account that leaves less than so much, and of several the one that leaves the least.
    func excess(of hold: Picodollars, percent: Int) -> BudgetExcess? {
        let full = list.compactMap { account -> (room: Int128, excess: BudgetExcess)? in
            guard let limit = account.limit, let room = account.room(percent: percent), room < hold.rawValue else {
                return nil
            }
            return (room, BudgetExcess(scope: account.scope, total: account.total, limit: limit))
        }
        return full.min { $0.room < $1.room }?.excess
    }

    /// The budget with the least left.
    var standing: BudgetStanding? {
        list.compactMap { account in
            account.limit.map {
                BudgetStanding(
                    scope: account.scope,
                    limit: $0,
                    spent: account.total.spent,
                    held: account.total.held
                )
            }
        }.min { $0.limit - $0.spent - $0.held < $1.limit - $1.spent - $1.held }
    }

    mutating func add(requests: Int = 0, spent: Picodollars = .zero, held: Picodollars = .zero) {
        for index in list.indices {
            list[index].total.requests += requests
            list[index].total.spent += spent
            list[index].total.held += held
        }
    }
}
