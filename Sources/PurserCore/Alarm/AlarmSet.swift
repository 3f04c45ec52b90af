/// The alarms of a directory.
public enum AlarmSet {
    /// The file beside the alarms that holds the budget and no alarm.
    public static let budgetFile = "budget.json"

    /// Reads alarm files, the budget's left out, and sorts them by name; throws the faults of all files together.
    ///
    /// `name` is the file's path as faults should show it. Two alarms of one name are a fault.
    public static func read(
        files: [(name: String, text: String)],
        parameters: [String: String] = [:]
    ) throws(Diagnostics) -> [AlarmDefinition] {
        var alarms: [AlarmDefinition] = []
        var diagnostics: [Diagnostic] = []
        var places: [String: String] = [:]
        for file in files where !isBudget(file.name) {
            let result = AlarmDefinition.read(json: file.text, file: file.name, parameters: parameters)
            diagnostics += result.diagnostics
            guard let alarm = result.definition else { continue }
            if let other = places.updateValue(file.name, forKey: alarm.name) {
                let message = "the alarm `\(alarm.name)` stands in \(other) already"
                diagnostics.append(Diagnostic(file: file.name, key: "AlarmName", message))
            }
            alarms.append(alarm)
        }
        guard diagnostics.isEmpty else { throw Diagnostics(diagnostics) }
        return alarms.sorted { $0.name < $1.name }
    }

    /// Whether a path names the budget's file.
    public static func isBudget(_ path: String) -> Bool {
        path.split(separator: "/").last == budgetFile[...]
    }
}
