import ArgumentParser
import Purser
import PurserCore
import PurserStore

/// The options that name whose calls are meant.
struct ScopeOptions: ParsableArguments {
    @Option(name: .long, help: "For the calls of a team.")
    var team: String?

    @Option(name: .long, help: "For the calls of a user.")
    var user: String?

    @Option(name: .long, help: "For the calls of an access key, by its id.", completion: NameCompletion.accessKeys)
    var key: String?

    @Option(name: .long, help: "For the calls of an application.")
    var application: String?

    @Option(name: .long, help: "For the calls of a session: a conversation, or the run of an agent.")
    var session: String?

    /// Returns the scope that is named; all calls if none is.
    func scope() throws -> BudgetScope {
        let names = [
            (BudgetScope.Kind.team, team), (.user, user), (.accessKey, key), (.application, application),
            (.session, session),
        ].compactMap { kind, name in name.map { (kind, $0) } }
        guard names.count <= 1 else {
            throw UsageError("give one of --team, --user, --key, --application and --session")
        }
        guard let (kind, name) = names.first else { return .all }
        guard CallerName.isValid(name) else {
            throw UsageError("--\(kind.option) takes a name; it must be \(CallerName.form)")
        }
        return .named(kind, name)
    }
}

/// The options that name a budget: whose calls, and over which time.
struct BudgetOptions: ParsableArguments {
    @OptionGroup var names: ScopeOptions

    @Option(
        name: .long,
        help: "For each team, user, key, application or session, that has no budget of its own for the window."
    )
    var each: String?

    @Option(name: .long, help: "The time over which it counts: hour, day, week or month.")
    var window: BudgetWindow = .month

    func scope() throws -> BudgetScope {
        let named = try names.scope()
        guard let each else { return named }
        guard named == .all else {
            throw UsageError("give one of --team, --user, --key, --application, --session and --each")
        }
        guard let kind = BudgetScope.Kind.named.first(where: { $0.option == each }) else {
            let allowed = BudgetScope.Kind.named.map(\.option).joined(separator: ", ")
            throw UsageError("--each takes one of \(allowed), not `\(each)`")
        }
        return .each(kind)
    }
}

extension BudgetWindow: ExpressibleByArgument {}
