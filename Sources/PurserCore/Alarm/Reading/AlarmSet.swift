/// The alarms of a directory.
package enum AlarmSet {
    /// The name of the file, next to the alarm files, that holds the budget instead of an alarm.
    package static let budgetFile = "budget.json"

    /// What alarm files hold.
    package struct Content: Sendable {
        /// Sorted by name.
        package var alarms: [AlarmDefinition] = []
        /// The file of each alarm, by the alarm's name.
        package var files: [String: String] = [:]
        package var unreadable: [UnreadableAlarm] = []
        /// Alarms that exist but cannot be watched until a parameter has a value.
        package var unwatched: [UnreadableAlarm] = []
        /// Alarms that are left out, and kinds of alarms that are not watched.
        package var passedOver: [Diagnostic] = []
    }

    /// Reads alarm files; a fault in one alarm does not keep the others from being read.
    ///
    /// - Parameter isWhole: Whether these are all files; otherwise one that is missing may hold an alarm that a rule
    ///   names.
    package static func content(
        of files: [AlarmFile],
        parameters: [String: String] = [:],
        isWhole: Bool = true
    ) -> Content {
        var content = Content()
        var alarms: [(alarm: AlarmFile.PlacedAlarm, file: String)] = []
        for file in files {
            let read = file.read(parameters: parameters)
            content.unreadable += read.unreadable
            content.passedOver += read.passedOver
            for alarm in read.alarms {
                let name = alarm.definition.name
                if let other = content.files[name] {
                    let fault = Diagnostic(
                        file: file.name,
                        key: alarm.key(of: "AlarmName"),
                        "the alarm `\(name)` is already in \(other)"
                    )
                    content.unreadable.append(
                        UnreadableAlarm(file: file.name, place: alarm.place, faults: [fault])
                    )
                } else {
                    content.files[name] = file.name
                    alarms.append((alarm, file.name))
                }
            }
        }
        let faults = relationFaults(alarms.map(\.alarm.definition), isWhole: isWhole && content.unreadable.isEmpty)
        for (alarm, file) in alarms {
            let definition = alarm.definition
            let found = faults.filter { $0.alarm == definition.name }
                .map { Diagnostic(file: file, key: alarm.key(of: $0.key), $0.message) }
            if !found.isEmpty {
                content.unreadable.append(UnreadableAlarm(file: file, place: alarm.place, faults: found))
                continue
            }
            content.alarms.append(definition)
            if definition.missingParameters.isEmpty { continue }
            let names = definition.missingParameters.map { "--parameter \($0)=VALUE" }.joined(separator: " ")
            let message = "the alarm `\(definition.name)` is not watched until it has \(names)"
            let fault = Diagnostic(file: file, key: alarm.place.isEmpty ? nil : alarm.place, message)
            content.unwatched.append(UnreadableAlarm(file: file, place: alarm.place, faults: [fault]))
        }
        content.alarms.sort { $0.name < $1.name }
        return content
    }

    /// Returns the faults of alarms that name nonexistent alarms or depend on themselves.
    private static func relationFaults(
        _ alarms: [AlarmDefinition],
        isWhole: Bool
    ) -> [(alarm: String, key: String, message: String)] {
        let known = Set(alarms.map(\.name))
        var faults: [(alarm: String, key: String, message: String)] = []
        for alarm in alarms {
            guard case .composite(let composite) = alarm.rule else { continue }
            // A file with a fault may hold the alarm that seems to be missing.
            if isWhole {
                for name in composite.expression.names where !known.contains(name) {
                    faults.append((alarm.name, "AlarmRule", "there is no alarm `\(name)`"))
                }
                if let name = composite.suppressor?.name, !known.contains(name) {
                    faults.append((alarm.name, "ActionsSuppressor", "there is no alarm `\(name)`"))
                }
            }
        }
        let ordered = Set(evaluationOrder(alarms).map(\.name))
        for alarm in alarms where !ordered.contains(alarm.name) {
            let waiting = alarm.alarmReferences.filter { known.contains($0) && !ordered.contains($0) }
            let message = "depends on its own state, by way of \(waiting.joined(separator: ", "))"
            faults.append((alarm.name, "AlarmRule", message))
        }
        return faults
    }

    /// Returns the alarms with each one after those that it names, and otherwise in the given order. Alarms that depend
    /// on themselves are left out.
    package static func evaluationOrder(_ alarms: [AlarmDefinition]) -> [AlarmDefinition] {
        let known = Set(alarms.map(\.name))
        var done: Set<String> = []
        var ordered: [AlarmDefinition] = []
        var open = alarms
        while true {
            let waiting = open.filter { alarm in
                guard alarm.alarmReferences.allSatisfy({ done.contains($0) || !known.contains($0) }) else {
                    return true
                }
                ordered.append(alarm)
                done.insert(alarm.name)
                return false
            }
            if waiting.isEmpty || waiting.count == open.count { return ordered }
            open = waiting
        }
    }

    /// The file name extensions of alarm files; tests of alarms are in files next to them.
    package static let endings = [".json", ".yaml", ".yml", ".template"]

    /// Whether a path names a file of alarms, by its extension; the budget's file is not one.
    package static func holdsAlarms(_ path: String) -> Bool {
        !isBudget(path) && endings.contains { path.lowercased().hasSuffix($0) }
    }

    /// Whether a path names the budget's file.
    package static func isBudget(_ path: String) -> Bool {
        path.split(separator: "/").last == budgetFile[...]
    }
}
