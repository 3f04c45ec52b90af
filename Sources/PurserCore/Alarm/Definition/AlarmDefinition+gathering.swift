extension Sequence<AlarmDefinition> {
    /// Returns, by the names of alarms that take no actions of their own, the composite alarm that tells of them: the first
    /// whose rule names the alarm and that takes actions.
    package func gatherers() -> [String: String] {
        var gatherers: [String: String] = [:]
        for alarm in self {
            guard case .composite(let composite) = alarm.rule, alarm.takesActions(in: .alarm) else { continue }
            for name in composite.expression.names where gatherers[name] == nil { gatherers[name] = alarm.name }
        }
        guard !gatherers.isEmpty else { return [:] }
        for alarm in self where gatherers[alarm.name] != nil && alarm.takesActions(in: .alarm) {
            gatherers[alarm.name] = nil
        }
        return gatherers
    }
}
