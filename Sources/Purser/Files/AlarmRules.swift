package import PurserCore

/// The alarms and the budget of a folder, and what of it cannot be read or is not watched.
package struct AlarmRules: Sendable {
    /// All readable alarms, sorted by name.
    package var alarms: [AlarmDefinition] = []
    /// The file of each alarm, by the alarm's name.
    package var files: [String: String] = [:]
    package var budget: BudgetDefinition?
    package var unreadable: [UnreadableAlarm] = []
    /// Readable alarms that cannot be watched until a parameter has a value.
    package var unwatched: [UnreadableAlarm] = []
    /// What a person may take for something that is watched.
    package var notes: [String] = []

    package init() {}

    /// Creates the rules of a folder that cannot be listed.
    package init(_ error: FileError, folder: String) {
        unreadable = [UnreadableAlarm(file: folder, faults: [Diagnostic(error)])]
    }

    /// The alarms that can be evaluated.
    package var watched: [AlarmDefinition] {
        alarms.filter(\.missingParameters.isEmpty)
    }

    /// The alarms that cannot be evaluated.
    package var notWatched: [UnreadableAlarm] {
        unreadable + unwatched
    }
}

extension Diagnostic {
    /// Creates the fault of a file or folder.
    init(_ error: FileError) {
        self.init(file: error.path, error.reason)
    }
}
