/// The calls that a budget is for.
package enum BudgetScope: Sendable, Hashable {
    case all
    case team(String)
    case user(String)
    /// The id of an access key.
    case accessKey(String)

    /// The values of the table's columns; a name is in Unicode's normal form C, as callers' names are.
    package var key: (kind: Kind, name: String) {
        switch self {
        case .all: (.all, "")
        case .team(let name): (.team, name.normalised)
        case .user(let name): (.user, name.normalised)
        case .accessKey(let id): (.accessKey, id.normalised)
        }
    }

    package init(_ kind: Kind, _ name: String) {
        self =
            switch kind {
            case .all: .all
            case .team: .team(name)
            case .user: .user(name)
            case .accessKey: .accessKey(name)
            }
    }

    /// In the order in which budgets are listed; the raw values are the ledger's columns.
    package enum Kind: String, CaseIterable {
        case all
        case team
        case user
        case accessKey = "access_key"
    }
}
