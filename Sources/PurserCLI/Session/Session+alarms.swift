import Purser
import PurserCore

extension Session {
    /// Returns the alarm files: those of the named folder, or the shipped ones if none is named.
    func alarmFolder() throws -> AlarmFolder {
        AlarmFolder(path: value(options.alarms, "PURSER_ALARMS"), parameters: try parameters())
    }

    /// Returns the alarms, and the budget next to them if there is one.
    func rules() throws -> (alarms: [AlarmDefinition], budget: BudgetDefinition?) {
        let named = options.parameters.map { String($0.prefix { $0 != "=" }) }
        do {
            return try alarmFolder().rules(named: named)
        } catch let error as UnknownParameter {
            throw UsageError("\(error)")
        }
    }

    /// Returns the alarm with this name.
    func alarm(_ name: String, in alarms: [AlarmDefinition]) throws -> AlarmDefinition {
        guard let alarm = alarms.first(where: { $0.name == name }) else {
            throw UsageError("no alarm `\(name)`; the alarms are \(alarms.map(\.name).joined(separator: ", "))")
        }
        return alarm
    }
}
