/// The parameters that alarms and the budget use as topics, or in them, and that make no topic.
///
/// Such an action counts as one without a value, so that a wrong topic does not end the watching.
package struct TopicParameters: Sendable {
    /// An action that is none, and the parameters that it was made of.
    private struct Wrong: Hashable {
        var names: [String]
        var text: String
    }

    private let parameters: [String: String]
    /// How many alarms have each wrong action.
    private var alarms: [Wrong: Int] = [:]
    /// Those that are addresses of the budget.
    private var budget: Set<Wrong> = []

    package init(_ parameters: [String: String]) {
        self.parameters = parameters
    }

    /// Returns an alarm's input with its parameters filled in, but for those that make no action.
    mutating func filled(_ input: JSONValue) -> JSONValue {
        let filled = ParameterFilling.fill(input, parameters)
        var names: [String: Set<String>] = [:]
        for key in AlarmReader.actionKeys {
            for (before, after) in zip(input[key]?.array ?? [], filled[key]?.array ?? []) where before != after {
                if let text = after.string { names[text, default: []].formUnion(given(in: before)) }
            }
        }
        return withdrawn(from: filled, names)
    }

    /// Returns the input of an alarm with `${Name}` in place of what is not an action, given the names of the parameters
    /// that each action was made of.
    mutating func withdrawn(from input: JSONValue, _ names: [String: Set<String>]) -> JSONValue {
        guard !names.isEmpty, case .object(var members) = input else { return input }
        var found: Set<Wrong> = []
        for index in members.indices where AlarmReader.actionKeys.contains(members[index].key) {
            guard let actions = members[index].value.array else { continue }
            members[index].value = .array(
                actions.map { action in
                    guard let text = action.string, Self.isWrong(text), let made = names[text]?.sorted(),
                        let first = made.first
                    else { return action }
                    found.insert(Wrong(names: made, text: text))
                    return .string("${\(first)}")
                }
            )
        }
        for wrong in found { alarms[wrong, default: 0] += 1 }
        return found.isEmpty ? input : .object(members)
    }

    /// Returns the parameters without those that make addresses of the budget's file that are not topics.
    package mutating func parameters(forBudget json: String) -> [String: String] {
        guard let file = try? JSONValue(parsing: json) else { return parameters }
        let addresses = { (file: JSONValue) in
            (file["NotificationsWithSubscribers"]?.array ?? []).flatMap { $0["Subscribers"]?.array ?? [] }
                .map { $0["Address"] ?? .null }
        }
        for (before, after) in zip(addresses(file), addresses(ParameterFilling.fill(file, parameters))) {
            guard before != after, let text = after.string, Self.isWrong(text) else { continue }
            budget.insert(Wrong(names: given(in: before).sorted(), text: text))
        }
        let wrong = Set(budget.flatMap(\.names))
        return parameters.filter { !wrong.contains($0.key) }
    }

    private func given(in text: JSONValue) -> Set<String> {
        ParameterFilling.names(in: text).filter { ParameterFilling.value(of: $0, parameters) != nil }
    }

    private static func isWrong(_ text: String) -> Bool {
        TopicARN(text) == nil && AlarmAction.kind(of: text) == nil && ParameterFilling.unfilled(in: text) == nil
    }

    /// The wrong parameters, each once, with the number of alarms that cannot notify a topic.
    package var faults: [Diagnostic] {
        let all = Set(alarms.keys).union(budget).sorted {
            ($0.names.joined(separator: " "), $0.text) < ($1.names.joined(separator: " "), $1.text)
        }
        return all.map { wrong in
            let count = alarms[wrong].map { $0.counted("alarm") }
            let users = [count, budget.contains(wrong) ? "the budget" : nil].compactMap(\.self)
            return Diagnostic(
                file: "--parameter " + wrong.names.joined(separator: " and "),
                "`\(wrong.text)` is not a topic, so \(users.joined(separator: " and ")) cannot notify it; "
                    + AlarmAction.allowed
            )
        }
    }
}
