/// The alarms of a directory.
package enum AlarmSet {
    /// The name of the file, next to the alarm files, that holds the budget instead of an alarm.
    package static let budgetFile = "budget.json"

    /// Reads JSON alarm files, ignoring other files, and sorts the alarms by name; throws the faults of all files together.
    ///
    /// `name` is the file's path as faults should show it. Two alarms with the same name are a fault.
    package static func read(
        files: [(name: String, text: String)],
        parameters: [String: String] = [:]
    ) throws(Diagnostics) -> [AlarmDefinition] {
        var documents: [AlarmFile] = []
        var diagnostics: [Diagnostic] = []
        for file in files where holdsAlarms(file.name) {
            do {
                documents.append(AlarmFile(name: file.name, content: try JSONValue(parsing: file.text)))
            } catch {
                diagnostics.append(Diagnostic(file: file.name, error.description))
            }
        }
        return try read(documents, parameters: parameters, faults: diagnostics)
    }

    /// Reads alarm files; each holds one alarm, or is a CloudFormation template with any number of them.
    ///
    /// `faults` are those of files that could not be parsed; they are thrown together with the others.
    package static func read(
        _ files: [AlarmFile],
        parameters: [String: String] = [:],
        faults: [Diagnostic] = []
    ) throws(Diagnostics) -> [AlarmDefinition] {
        var alarms: [AlarmDefinition] = []
        var diagnostics = faults
        // The alarms' files, by the alarms' names.
        var places: [String: String] = [:]
        for file in files {
            let result = file.alarms(parameters: parameters)
            diagnostics += result.diagnostics
            for alarm in result.alarms {
                if let other = places.updateValue(file.name, forKey: alarm.definition.name) {
                    let message = "the alarm `\(alarm.definition.name)` is already in \(other)"
                    diagnostics.append(Diagnostic(file: file.name, key: alarm.key(of: "AlarmName"), message))
                }
                alarms.append(alarm.definition)
            }
        }
        diagnostics += relationFaults(alarms, places, isWhole: diagnostics.isEmpty)
        guard diagnostics.isEmpty else { throw Diagnostics(diagnostics) }
        return alarms.sorted { $0.name < $1.name }
    }

    /// Returns the faults of alarms that name nonexistent alarms or depend on themselves.
    private static func relationFaults(
        _ alarms: [AlarmDefinition],
        _ places: [String: String],
        isWhole: Bool
    ) -> [Diagnostic] {
        let known = Set(alarms.map(\.name))
        var faults: [Diagnostic] = []
        for alarm in alarms {
            guard case .composite(let composite) = alarm.rule, let file = places[alarm.name] else { continue }
            // A file with a fault may hold the alarm that seems to be missing.
            if isWhole {
                for name in composite.expression.names where !known.contains(name) {
                    faults.append(Diagnostic(file: file, key: "AlarmRule", "there is no alarm `\(name)`"))
                }
                if let name = composite.suppressor?.name, !known.contains(name) {
                    faults.append(Diagnostic(file: file, key: "ActionsSuppressor", "there is no alarm `\(name)`"))
                }
            }
        }
        let ordered = evaluationOrder(alarms).map(\.name)
        for alarm in alarms where !ordered.contains(alarm.name) {
            guard let file = places[alarm.name] else { continue }
            let waiting = alarm.alarmReferences.filter { known.contains($0) && !ordered.contains($0) }
            let message = "depends on its own state, by way of \(waiting.joined(separator: ", "))"
            faults.append(Diagnostic(file: file, key: "AlarmRule", message))
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
    package static let endings = [".json", ".yaml", ".yml"]

    /// Whether a path names a file of alarms, by its extension; the budget's file is not one.
    package static func holdsAlarms(_ path: String) -> Bool {
        !isBudget(path) && endings.contains { path.lowercased().hasSuffix($0) }
    }

    /// Whether a path names the budget's file.
    package static func isBudget(_ path: String) -> Bool {
        path.split(separator: "/").last == budgetFile[...]
    }
}
