extension AlarmDefinition {
    /// The actions of a state as the file gives them, those left unfilled included.
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

    /// Whether going into a state makes the alarm act, once its topics are filled in.
    func takesActions(in state: AlarmState) -> Bool {
        actionsEnabled && !writtenActions(for: state).isEmpty
    }
}
