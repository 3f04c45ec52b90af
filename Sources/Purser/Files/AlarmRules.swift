package import PurserCore

/// The alarms and the budget of a folder, and what of it cannot be read or is not watched.
package struct AlarmRules: Sendable {
    /// All readable alarms, sorted by name.
    package var alarms: [AlarmDefinition] = []
    /// The file of each alarm, by the alarm's name.
    package var files: [String: String] = [:]
    package var budget: BudgetDefinition?
    package var unreadable: [UnreadableAlarm] = []
    /// Readable alarms that need a parameter's value, or another alarm, before they are watched.
    package var unwatched: [UnreadableAlarm] = []
    /// What a person must know to trust the result of an evaluation.
    package var warnings: [String] = []
    /// What a person may take for something that is watched.
    package var notes: [String] = []

    package init() {}

    /// Creates the rules of a folder that cannot be listed.
    package init(_ error: FileError) {
        unreadable = [UnreadableAlarm(error, kind: .folder)]
    }

    /// The alarms that can be evaluated.
    package var watched: [AlarmDefinition] {
        let others = Set(unwatched.compactMap(\.name))
        return others.isEmpty ? alarms : alarms.filter { !others.contains($0.name) }
    }

    /// Returns the composite alarm that sends the messages in an alarm's place; nil if the alarm sends them itself.
    package func sender(inPlaceOf name: String) -> String? {
        watched.gatherers()[name]
    }

    /// The alarms that cannot be evaluated.
    package var notWatched: [UnreadableAlarm] {
        unreadable + unwatched
    }
}

extension UnreadableAlarm {
    /// Creates the entry of a file or folder that cannot be read.
    init(_ error: FileError, kind: Kind) {
        self.init(file: error.path, kind: kind, faults: [Diagnostic(error)])
    }
}

extension Diagnostic {
    /// Creates the fault of a file or folder.
    init(_ error: FileError) {
        self.init(file: error.path, error.reason)
    }
}
