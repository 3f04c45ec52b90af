extension AlarmSet {
    /// An alarm, and the file and place that a fault in its relation to other alarms names.
    struct RelatedAlarm {
        var alarm: AlarmFile.PlacedAlarm
        var file: String

        var definition: AlarmDefinition { alarm.definition }

        func unreadable(_ faults: [(key: String, message: String)]) -> UnreadableAlarm {
            UnreadableAlarm(
                file: file,
                place: alarm.place,
                name: definition.name,
                faults: faults.map { Diagnostic(file: file, key: alarm.key(of: $0.key), $0.message) }
            )
        }

        func unwatched(_ message: String) -> UnreadableAlarm {
            let fault = Diagnostic(file: file, key: alarm.place.isEmpty ? nil : alarm.place, message)
            return UnreadableAlarm(file: file, place: alarm.place, name: definition.name, faults: [fault])
        }

        func fault(_ key: String, _ message: String) -> Diagnostic {
            Diagnostic(file: file, key: alarm.key(of: key), message)
        }
    }
}

extension AlarmSet.Content {
    private static let cannotBeRead = "which cannot be read"
    private static let isNotWatched = "which is not watched"
    private static let isOfOtherKind = "which is not watched here"

    /// Adds alarms with different names: first those that others name, because a composite alarm whose rule names no
    /// alarm that is watched is not watched either.
    ///
    /// - Parameter otherKinds: The names of alarms whose kind is not watched here.
    mutating func add(_ alarms: [AlarmSet.RelatedAlarm], otherKinds: Set<String>, isWhole: Bool) {
        let known = Set(alarms.map(\.definition.name))
        /// Why an alarm that a rule may name is not watched.
        var reasons: [String: String] = [:]
        for name in otherKinds { reasons[name] = Self.isOfOtherKind }
        for name in unreadable.compactMap(\.name) { reasons[name] = Self.cannotBeRead }
        for name in known { reasons[name] = nil }

        let isWhole = isWhole && unreadable.allSatisfy { $0.name != nil }
        let (circular, ordered) = Self.ordered(alarms)
        for alarm in alarms.filter({ circular.contains($0.definition.name) }) + ordered {
            let definition = alarm.definition
            let absent = definition.alarmReferences.filter { !known.contains($0) && reasons[$0] == nil }
            var faults = isWhole ? Self.faults(of: definition, absent: absent) : []
            if circular.contains(definition.name) {
                let way = definition.alarmReferences.filter(circular.contains).joined(separator: ", ")
                faults.append((key: "AlarmRule", message: "depends on its own state, by way of \(way)"))
            }
            if !faults.isEmpty {
                unreadable.append(alarm.unreadable(faults))
                reasons[definition.name] = Self.cannotBeRead
                continue
            }
            for name in absent { reasons[name] = "which is in no file that can be read" }
            self.alarms.append(definition)
            if !isWatched(alarm, reasons) { reasons[definition.name] = Self.isNotWatched }
        }
    }

    /// Returns the names of the alarms that depend on themselves, and the others with each one after those that it names.
    private static func ordered(
        _ alarms: [AlarmSet.RelatedAlarm]
    ) -> (circular: Set<String>, ordered: [AlarmSet.RelatedAlarm]) {
        let places = Dictionary(alarms.map { ($0.definition.name, $0) }) { first, _ in first }
        var ordered = AlarmSet.evaluationOrder(alarms.map(\.definition)).compactMap { places[$0.name] }
        var circular = Set(places.keys).subtracting(ordered.map(\.definition.name))
        // An alarm that only depends on such a circle is named by none of the rest.
        var outer: [AlarmSet.RelatedAlarm] = []
        while true {
            let named = Set(circular.flatMap { places[$0]?.definition.alarmReferences ?? [] })
            let free = circular.subtracting(named)
            if free.isEmpty { break }
            outer += free.sorted().compactMap { places[$0] }
            circular.subtract(free)
        }
        ordered += outer.reversed()
        return (circular, ordered)
    }

    /// Returns a fault for each name of an alarm that does not exist.
    private static func faults(of definition: AlarmDefinition, absent: [String]) -> [(key: String, message: String)] {
        guard case .composite(let composite) = definition.rule else { return [] }
        let names = composite.expression.names.filter(absent.contains)
        var faults = names.map { (key: "AlarmRule", message: "there is no alarm `\($0)`") }
        if let name = composite.suppressor?.name, absent.contains(name) {
            faults.append((key: "ActionsSuppressor", message: "there is no alarm `\(name)`"))
        }
        return faults
    }

    /// Returns whether an alarm can be watched; adds what it waits for.
    private mutating func isWatched(_ alarm: AlarmSet.RelatedAlarm, _ reasons: [String: String]) -> Bool {
        let definition = alarm.definition
        if !definition.missingParameters.isEmpty {
            let missing = definition.missingParameters.map { "--parameter \($0)=VALUE" }.joined(separator: " ")
            unwatched.append(alarm.unwatched("the alarm `\(definition.name)` is not watched until it has \(missing)"))
            return false
        }
        guard case .composite(let composite) = definition.rule else { return true }
        let text = { (names: [String]) in
            names.map { "`\($0)`, \(reasons[$0] ?? "")" }.joined(separator: ", and ")
        }
        let names = composite.expression.names
        let waiting = names.filter { reasons[$0] != nil }
        if !names.isEmpty, waiting.count == names.count {
            unwatched.append(
                alarm.unwatched("the alarm `\(definition.name)` is not watched: its rule names only \(text(names))")
            )
            return false
        }
        let others = waiting.filter { reasons[$0] == Self.isOfOtherKind }
        let open = waiting.filter { reasons[$0] != Self.isOfOtherKind }
        let begin = "`\(definition.name)` takes the last known state of "
        if !open.isEmpty { self.waiting.append(alarm.fault("AlarmRule", begin + text(open))) }
        // That stays so until the file is changed, and is no news in every run.
        if !others.isEmpty { passedOver.append(alarm.fault("AlarmRule", begin + text(others))) }
        if let name = composite.suppressor?.name, let reason = reasons[name] {
            let fault = alarm.fault(
                "ActionsSuppressor",
                "the messages of `\(definition.name)` are not suppressed by `\(name)`, \(reason)"
            )
            if reason == Self.isOfOtherKind { passedOver.append(fault) } else { self.waiting.append(fault) }
        }
        return true
    }
}
