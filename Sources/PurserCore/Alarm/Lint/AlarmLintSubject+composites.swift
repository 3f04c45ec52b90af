/// Composite rules whose result does not depend on the states of their alarms.
extension AlarmLintSubject {
    /// The largest number of alarms in a rule for which all states are tried: 3^10 combinations.
    private static let mostTried = 10

    func composites() -> [AlarmLintMessage] {
        guard case .composite(let composite) = alarm.rule else { return [] }
        let names = composite.expression.names
        // `FALSE` alone is CloudWatch's way to switch an alarm off.
        guard composite.expression.text != "FALSE", names.count <= Self.mostTried else { return [] }
        let states = AlarmState.allCases
        var seen: Set<Bool> = []
        var combination = Array(repeating: 0, count: names.count)
        while seen.count < 2 {
            let current = Dictionary(uniqueKeysWithValues: zip(names, combination.map { states[$0] }))
            seen.insert(composite.expression.isTrue { current[$0] })
            guard let open = combination.lastIndex(where: { $0 < states.count - 1 }) else { break }
            combination[open] += 1
            for index in combination.indices where index > open { combination[index] = 0 }
        }
        guard seen.count == 1 else { return [] }
        return seen.contains(true)
            ? [(.neverOK, "AlarmRule is true regardless of the states of its alarms; correct the rule")]
            : [(.neverFires, "AlarmRule is false regardless of the states of its alarms; correct the rule")]
    }
}
