/// The parameters that alarms and the budget use as topics although their values are not.
///
/// Such an action counts as one without a value, so that a wrong topic does not end the watching.
package struct TopicParameters: Sendable {
    private let parameters: [String: String]
    /// The names of the parameters whose value is not an action, by that value.
    private let names: [String: [String]]
    /// How many alarms use each value as an action.
    private var alarms: [String: Int] = [:]
    /// The values that the budget uses as addresses.
    private var budget: Set<String> = []

    package init(_ parameters: [String: String]) {
        self.parameters = parameters
        let others = parameters.filter { _, value in
            !value.isEmpty && TopicARN(value) == nil && AlarmAction.kind(of: value) == nil
        }
        names = Dictionary(grouping: others.keys.sorted()) { others[$0] ?? "" }
    }

    /// Returns the input of an alarm with `${Name}` in place of the values that are not actions.
    mutating func withdrawn(from input: JSONValue) -> JSONValue {
        guard !names.isEmpty, case .object(var members) = input else { return input }
        var found: Set<String> = []
        for index in members.indices where AlarmReader.actionKeys.contains(members[index].key) {
            guard let actions = members[index].value.array else { continue }
            members[index].value = .array(
                actions.map { action in
                    guard let text = action.string, let name = names[text]?.first else { return action }
                    found.insert(text)
                    return .string("${\(name)}")
                }
            )
        }
        for value in found { alarms[value, default: 0] += 1 }
        return found.isEmpty ? input : .object(members)
    }

    /// Returns the parameters without those that the budget's file uses as topics although they are not.
    package mutating func parameters(forBudget json: String) -> [String: String] {
        guard !names.isEmpty, let file = try? JSONValue(parsing: json) else { return parameters }
        let notifications = ParameterFilling.fill(file, parameters)["NotificationsWithSubscribers"]?.array ?? []
        let addresses = notifications.flatMap { $0["Subscribers"]?.array ?? [] }.compactMap { $0["Address"]?.string }
        budget.formUnion(addresses.filter { names[$0] != nil })
        return parameters.filter { !budget.contains($0.value) }
    }

    /// The wrong parameters, each once, with the number of alarms that cannot notify a topic.
    package var faults: [Diagnostic] {
        Set(alarms.keys).union(budget).sorted().map { value in
            let count = alarms[value].map { $0.counted("alarm") }
            let users = [count, budget.contains(value) ? "the budget" : nil].compactMap(\.self)
            return Diagnostic(
                file: "--parameter " + (names[value] ?? []).joined(separator: " or "),
                "`\(value)` is not a topic, so \(users.joined(separator: " and ")) cannot notify it; "
                    + AlarmAction.allowed
            )
        }
    }
}
