package import PurserCore

/// Alarm files that must be free of faults.
package enum TestAlarms {
    /// Reads JSON alarm files, ignoring other files, and sorts the alarms by name; throws the faults of all files.
    package static func read(
        _ files: [(name: String, text: String)],
        parameters: [String: String] = [:]
    ) throws -> [AlarmDefinition] {
        let documents = try files.filter { AlarmSet.holdsAlarms($0.name) }.flatMap { file in
            AlarmFile.documents(file.name, try JSONValue.documents(parsing: file.text))
        }
        return try read(documents, parameters: parameters)
    }

    /// Reads alarm files; throws the faults of all of them.
    package static func read(
        _ files: [AlarmFile],
        parameters: [String: String] = [:]
    ) throws -> [AlarmDefinition] {
        let content = AlarmSet.content(of: files, parameters: parameters)
        let faults = content.unreadable.flatMap(\.faults)
        guard faults.isEmpty else { throw Diagnostics(faults) }
        return content.alarms
    }
}
