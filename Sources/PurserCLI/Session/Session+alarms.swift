import Purser
import PurserCore

extension Session {
    /// Returns the alarm files: those of the named folder, or the shipped ones if none is named.
    func alarmFolder() throws -> AlarmFolder {
        AlarmFolder(path: value(options.alarms, "PURSER_ALARMS"), parameters: try fileParameters().forAlarms)
    }

    /// Returns what can be read of the alarm files, and names the rest on stderr.
    ///
    /// - Parameters:
    ///   - isQuiet: Whether to leave out what is not a fault.
    ///   - checksParameters: Whether the alarm files must use every `--parameter`.
    func rules(isQuiet: Bool = false, checksParameters: Bool = true) throws -> AlarmRules {
        let rules = try unreportedRules(checksParameters: checksParameters)
        rules.notWatched.lines.forEach { say("purser: \($0)") }
        rules.warnings.forEach { say("purser: \($0)") }
        if !isQuiet { rules.notes.forEach { say("purser: \($0)") } }
        return rules
    }

    /// Returns the same without messages on stderr.
    func unreportedRules(checksParameters: Bool = true) throws -> AlarmRules {
        let named = checksParameters ? options.parameters.map { String($0.prefix { $0 != "=" }) } : []
        do {
            return try alarmFolder().rules(named: named)
        } catch let error as UnknownParameter {
            throw UsageError("\(error)")
        }
    }

    /// Returns ``rules(isQuiet:checksParameters:)``, also if the folder cannot be read: for commands that show other things too.
    func rulesIfAny(checksParameters: Bool = true) throws -> AlarmRules {
        do {
            return try rules(checksParameters: checksParameters)
        } catch let error as FileError {
            say("purser: \(error)")
            return AlarmRules(error)
        }
    }

    /// Runs `body` with the budget next to the alarms, if there is one.
    ///
    /// If its file cannot be read, the faults are on stderr and `body` runs without it; the command ends with the exit code
    /// of a failed check.
    func withAlertBudget(_ body: (BudgetDefinition?) throws -> Void) throws {
        let budget: BudgetDefinition?
        do {
            budget = try alarmFolder().budget()
        } catch let error where error is Diagnostics || error is FileError {
            sayFaults(error)
            try body(nil)
            throw Exit.failed
        }
        try body(budget)
    }

    /// Returns the alarm with this name, whose faults are on stderr if it cannot be read.
    func alarm(_ name: String, in rules: AlarmRules) throws -> AlarmDefinition {
        if let alarm = rules.alarms.first(where: { $0.name == name }) { return alarm }
        if rules.unreadable.contains(where: { $0.name == name }) {
            throw CommandFailure("the alarm `\(name)` cannot be read, as said above")
        }
        let names = rules.alarms.map(\.name).joined(separator: ", ")
        // What cannot be read may hold it.
        if rules.unreadable.contains(where: { $0.name == nil && $0.kind.mayHoldAlarms }) {
            throw CommandFailure("no alarm `\(name)` in the files that can be read; the alarms are \(names)")
        }
        throw UsageError("no alarm `\(name)`; the alarms are \(names)")
    }
}

extension AlarmRules {
    /// Ends the command with the exit code of a failed check if an alarm cannot be read.
    func requireReadable() throws {
        if !unreadable.isEmpty { throw Exit.failed }
    }
}
