extension AlarmDefinition {
    /// Returns the actions of a state as written in the file, including those left unfilled.
    func writtenActions(for state: AlarmState) -> [String] {
        let key =
            switch state {
            case .ok: "OKActions"
            case .alarm: "AlarmActions"
            case .insufficientData: "InsufficientDataActions"
            }
        guard let root = try? JSONValue(parsing: canonicalJSON), case .array(let actions)? = root[key] else {
            return []
        }
        return actions.compactMap(\.string)
    }

    /// Whether the alarm notifies a topic when it goes into a state, once its topics are filled in.
    func hasTopic(in state: AlarmState) -> Bool {
        writtenActions(for: state).contains { !otherActions.contains($0) }
    }

    /// Whether the alarm takes actions when it goes into a state, once its topics are filled in.
    package func takesActions(in state: AlarmState) -> Bool {
        actionsEnabled && hasTopic(in: state)
    }
}
