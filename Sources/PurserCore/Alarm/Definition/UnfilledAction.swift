/// An action that holds a `${Name}` without a value.
package enum UnfilledAction {
    /// Returns the flags that give actions their values, each once: `--parameter AlarmTopic=ARN`.
    package static func flags(_ actions: [String]) -> [String] {
        var flags: [String] = []
        for action in actions {
            let names = AlarmParameter.pieces(of: action).compactMap(\.name)
            for name in names {
                let flag = "--parameter \(name)=" + (action == "${\(name)}" ? "ARN" : "VALUE")
                if !flags.contains(flag) { flags.append(flag) }
            }
        }
        return flags
    }
}
