/// The calls that a budget is for: all of them, those of one name, or those of each name of a kind, every name having the
/// whole amount to itself.
package struct BudgetScope: Sendable, Hashable {
    package let kind: Kind
    /// In Unicode's normal form C, as callers' names are; nil for all calls, and for each name of the kind.
    package let name: String?

    private init(_ kind: Kind, _ name: String?) {
        self.kind = kind
        self.name = name?.normalised
    }

    package static let all = BudgetScope(.all, nil)

    package static func team(_ name: String) -> BudgetScope { BudgetScope(.team, name) }

    package static func user(_ name: String) -> BudgetScope { BudgetScope(.user, name) }

    /// The calls made with an access key, by its id.
    package static func accessKey(_ id: String) -> BudgetScope { BudgetScope(.accessKey, id) }

    package static func application(_ name: String) -> BudgetScope { BudgetScope(.application, name) }

    /// A conversation, or the run of an agent.
    package static func session(_ name: String) -> BudgetScope { BudgetScope(.session, name) }

    package static func named(_ kind: Kind, _ name: String) -> BudgetScope {
        BudgetScope(kind, kind == .all ? nil : name)
    }

    package static func each(_ kind: Kind) -> BudgetScope { BudgetScope(kind, nil) }

    /// Whether every name of the kind has the budget to itself.
    package var isEach: Bool { kind != .all && name == nil }

    /// In the order in which budgets are listed; the raw values are the ledger's columns.
    package enum Kind: String, Sendable, CaseIterable {
        case all
        case team
        case user
        case accessKey = "access_key"
        case application
        case session

        /// The kinds that have names.
        package static let named = allCases.filter { $0 != .all }

        /// The kind as the options of `purser budget set` and a refusal name it.
        package var option: String { self == .accessKey ? "key" : rawValue }

        /// The kind in plain words.
        package var word: String {
            switch self {
            case .all: "all calls"
            case .accessKey: "access key"
            default: rawValue
            }
        }
    }

    /// The kind of the scope in plain words.
    package var word: String { isEach ? "each " + kind.word : kind.word }

    // The values of a table's columns.

    private static let eachPrefix = "each_"

    /// The scope and the name as a table has them.
    package var key: (scope: String, name: String) {
        (isEach ? Self.eachPrefix + kind.rawValue : kind.rawValue, name ?? "")
    }

    /// Nil if there is no such scope.
    package init?(scope: String, name: String) {
        let isEach = scope.hasPrefix(Self.eachPrefix)
        let kind = isEach ? String(scope.dropFirst(Self.eachPrefix.count)) : scope
        guard let kind = Kind(rawValue: kind), !isEach || kind != .all else { return nil }
        self.init(kind, isEach || kind == .all ? nil : name)
    }
}

extension Caller {
    /// The names under which budgets may limit this caller's calls.
    package var scopes: [BudgetScope] {
        [
            team.map(BudgetScope.team), user.map(BudgetScope.user), accessKey.map(BudgetScope.accessKey),
            application.map(BudgetScope.application), session.map(BudgetScope.session),
        ].compactMap(\.self)
    }
}
