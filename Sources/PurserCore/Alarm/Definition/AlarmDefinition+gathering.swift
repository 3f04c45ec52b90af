extension Sequence<AlarmDefinition> {
    /// Returns, by the names of alarms that take no actions of their own, the composite alarm that sends messages in their
    /// place: the nearest one that takes actions and whose rule depends on the alarm.
    package func gatherers() -> [String: String] {
        let composites = filter { if case .composite = $0.rule { true } else { false } }
        var gatherers: [String: String] = [:]
        var reached = composites.filter { $0.takesActions(in: .alarm) }.map { (alarm: $0, sender: $0.name) }
        guard !reached.isEmpty else { return [:] }
        let senders = Set(filter { $0.takesActions(in: .alarm) }.map(\.name))
        let byName = Dictionary(composites.map { ($0.name, $0) }) { first, _ in first }
        while !reached.isEmpty {
            var next: [(alarm: AlarmDefinition, sender: String)] = []
            for (alarm, sender) in reached {
                guard case .composite(let composite) = alarm.rule else { continue }
                for name in composite.expression.names where gatherers[name] == nil && !senders.contains(name) {
                    gatherers[name] = sender
                    if let inner = byName[name] { next.append((inner, sender)) }
                }
            }
            reached = next
        }
        return gatherers
    }
}
