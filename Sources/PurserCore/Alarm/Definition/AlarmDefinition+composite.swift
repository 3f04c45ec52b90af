/// An alarm that a composite alarm's state comes from.
package struct TriggeringChild: Sendable, Equatable {
    package var name: String
    package var state: AlarmState
    /// When it went into that state.
    package var updated: Timestamp
}

extension AlarmDefinition {
    /// Evaluates a composite alarm at `time` from the states of the alarms that its rule names, in the rule's order.
    func evaluate(
        _ composite: AlarmComposite,
        children: [AlarmRecord],
        isNew: Bool,
        at time: Timestamp,
        _ home: AlarmHome
    ) -> AlarmEvaluation {
        let isTrue = composite.expression.isTrue { name in children.first { $0.name == name }?.state }
        let state: AlarmState = isTrue ? .alarm : .ok
        let home = self.home(else: home)
        let triggering = isNew ? [] : Self.triggering(children)
        return AlarmEvaluation(
            state,
            reason: Self.reason(triggering, state, home.arn(name), home),
            reasonData: Self.reasonData(triggering, home).text(),
            children: triggering,
            words: ruleWords(state) { name in children.first { $0.name == name }?.state },
            at: time
        )
    }

    /// How many alarms of a rule are named if none is in ALARM.
    private static let mostNamed = 3

    /// Returns what a composite alarm's state comes from: `a, b in ALARM`, or the states of its rule's alarms if none of
    /// them is in ALARM and the composite alarm is all the same.
    package func ruleWords(_ state: AlarmState, _ stateOf: (String) -> AlarmState?) -> String {
        guard case .composite(let composite) = rule, !composite.expression.names.isEmpty else { return "" }
        let names = composite.expression.names
        let causes = names.filter { stateOf($0) == .alarm }
        if !causes.isEmpty { return causes.joined(separator: ", ") + " in ALARM" }
        if state != .alarm { return "none in ALARM" }
        let states = names.prefix(Self.mostNamed).map { "\($0) \((stateOf($0) ?? .insufficientData).rawValue)" }
        let more = names.count > Self.mostNamed ? ["\(names.count - Self.mostNamed) more"] : []
        return (states + more).joined(separator: ", ")
    }

    /// Returns the children that changed last.
    private static func triggering(_ children: [AlarmRecord]) -> [TriggeringChild] {
        let changed = children.filter { $0.hasChanged }
        guard let newest = changed.map(\.updated).max() else { return [] }
        return changed.filter { $0.updated == newest }
            .map { TriggeringChild(name: $0.name, state: $0.state, updated: $0.updated) }
    }

    private static func reason(
        _ triggering: [TriggeringChild],
        _ state: AlarmState,
        _ arn: String,
        _ home: AlarmHome
    ) -> String {
        guard let child = triggering.first else {
            return "\(arn) was created and its alarm rule evaluates to \(state.rawValue)"
        }
        return "\(home.arn(child.name)) transitioned to \(child.state.rawValue) at \(child.updated.longText)"
    }

    private static func reasonData(_ triggering: [TriggeringChild], _ home: AlarmHome) -> JSONValue {
        let alarms = triggering.map { child -> JSONValue in
            [
                "arn": .string(home.arn(child.name)),
                "state": ["value": .string(child.state.rawValue), "timestamp": .string(child.updated.cloudWatchText)],
            ]
        }
        return ["triggeringAlarms": .array(alarms)]
    }
}
