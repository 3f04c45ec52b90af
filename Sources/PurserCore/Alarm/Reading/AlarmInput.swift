/// The inputs of put-metric-alarm and put-composite-alarm within a file, and what describe-alarms adds to them.
enum AlarmInput {
    // Source: the API reference of MetricAlarm and CompositeAlarm, without the parameters of the two commands.
    private static let stateKeys: Set<String> = [
        "ActionsSuppressedBy", "ActionsSuppressedReason", "AlarmArn", "AlarmConfigurationUpdatedTimestamp",
        "EvaluationState", "StateReason", "StateReasonData", "StateTransitionedTimestamp", "StateUpdatedTimestamp",
        "StateValue",
    ]
    private static let lists = ["MetricAlarms", "CompositeAlarms", "LogAlarms"]

    /// Returns the alarms of a document and their places: of describe-alarms' result, of a list, or the document itself.
    static func all(in content: JSONValue) -> [(place: String, input: JSONValue)] {
        let document = JSONPlace(value: content, path: "")
        if content.array != nil { return document.elements.map { ($0.path, $0.value) } }
        let members = lists.compactMap { document.member($0) }.filter { $0.value.array != nil }
        return members.isEmpty ? [("", content)] : members.flatMap(\.elements).map { ($0.path, $0.value) }
    }

    /// Returns the input without what describes the state, and without empty lists, which count as absent.
    static func plain(_ input: JSONValue) -> JSONValue {
        guard let members = input.members else { return input }
        return withoutEmptyLists(.object(members.filter { !stateKeys.contains($0.key) }))
    }

    /// Returns what an alarm is that CloudWatch has and Purser does not watch; nil for any other.
    static func unwatchedKind(_ input: JSONValue) -> String? {
        let keys = Set((input.members ?? []).map(\.key))
        if keys.contains("EvaluationCriteria") || keys.contains("EvaluationInterval") {
            return "an alarm on a PromQL query, which is not watched here"
        }
        if keys.contains("ScheduledQueryConfiguration") || keys.contains("QueryString") {
            return "an alarm on log queries, which is not watched here"
        }
        return nil
    }

    private static func withoutEmptyLists(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): .array(values.map(withoutEmptyLists))
        case .object(let members):
            .object(
                members.filter { $0.value != .array([]) }.map { .init($0.key, withoutEmptyLists($0.value)) }
            )
        default: value
        }
    }
}

extension JSONPlace {
    /// The elements of a list with their paths; none if it is not a list.
    fileprivate var elements: [JSONPlace] {
        (value.array ?? []).enumerated().map { JSONPlace(value: $0.element, path: path + "[\($0.offset)]") }
    }
}
