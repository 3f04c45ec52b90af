import Foundation
package import PurserCore
import PurserImport

/// The alarm files of a folder, their tests, and the budget next to them; without a folder, the shipped ones.
package struct AlarmFolder: Sendable {
    private let path: String?
    private let parameters: [String: String]

    /// - Parameter parameters: The values for `${Name}` in the files.
    package init(path: String?, parameters: [String: String]) {
        self.path = path
        self.parameters = parameters
    }

    /// Returns the alarms, and the budget if there is one.
    ///
    /// Throws ``Diagnostics`` with the faults of all files, ``FileError`` if nothing would be watched, and
    /// ``UnknownParameter`` if one of the parameters in `named` is not used in any file.
    package func rules(named: [String] = []) throws -> (alarms: [AlarmDefinition], budget: BudgetDefinition?) {
        let texts = try texts()
        var (files, faults) = Self.parse(texts)
        let budgetFile = texts.first { AlarmSet.isBudget($0.name) }
        // A file that cannot be read may be the one that uses the parameter.
        if faults.isEmpty {
            for name in named where !files.contains(where: { $0.hasParameter(name) }) {
                guard budgetFile?.text.contains("${\(name)}") == true else { throw UnknownParameter(name: name) }
            }
        }
        var alarms: [AlarmDefinition] = []
        do throws(Diagnostics) {
            alarms = try AlarmSet.read(files, parameters: parameters, faults: faults)
            faults = []
        } catch {
            faults = error.all
        }
        var budget: BudgetDefinition?
        if let file = budgetFile {
            let result = BudgetDefinition.read(json: file.text, file: file.name, parameters: parameters)
            faults += result.diagnostics
            budget = result.definition
        }
        if !faults.isEmpty { throw Diagnostics(faults) }
        if alarms.isEmpty, budget == nil {
            let names = texts.map(\.name).joined(separator: ", ")
            throw FileError("\(names): these files contain no alarms, so nothing would be watched")
        }
        return (alarms, budget)
    }

    /// Returns the readable alarms without duplicates, and the file of each by the alarm's name.
    package func readableAlarms() throws -> (alarms: [AlarmDefinition], files: [String: String]) {
        var alarms: [AlarmDefinition] = []
        var places: [String: String] = [:]
        for file in Self.parse(try texts()).files {
            for alarm in file.readableAlarms(parameters: parameters) where places[alarm.name] == nil {
                places[alarm.name] = file.name
                alarms.append(alarm)
            }
        }
        return (alarms, places)
    }

    /// Returns the named test files, or those next to the alarms if none are named.
    package func tests(_ named: [String]) throws -> [(name: String, text: String)] {
        guard named.isEmpty else { return try named.map { ($0, try TextFile.read($0)) } }
        guard let path else {
            return EmbeddedFile.all(in: "alarms").filter { $0.path.hasSuffix(".test") }.map { ($0.path, $0.text) }
        }
        let names = try TextFile.names(in: path) { $0.hasSuffix(".test") }
        if names.isEmpty { throw FileError("\(path): there is no test file (*.test) in this folder") }
        return try names.map { (path + "/" + $0, try TextFile.read(path + "/" + $0)) }
    }

    /// Returns whether a runbook is a URL, or a file below the current folder, next to the alarm folder, or among the
    /// shipped ones.
    package func hasRunbook(_ runbook: String) -> Bool {
        if runbook.hasPrefix("https://") || runbook.hasPrefix("http://") { return true }
        var paths = [runbook]
        if let path, !runbook.hasPrefix("/") { paths.append(path + "/../" + runbook) }
        if paths.contains(where: { FileManager.default.fileExists(atPath: $0) }) { return true }
        return path == nil && EmbeddedFile.all(in: "docs").contains { $0.path == runbook }
    }

    /// Returns the alarm files and the budget.
    private func texts() throws -> [(name: String, text: String)] {
        guard let path else {
            return EmbeddedFile.all(in: "alarms").map { (name: $0.path, text: $0.text) }.filter { Self.isRead($0.name) }
        }
        let names = try TextFile.names(in: path, where: Self.isRead)
        if names.isEmpty {
            let kinds = AlarmSet.endings.map { "*" + $0 }.joined(separator: ", ")
            throw FileError("\(path): there is no alarm file (\(kinds)) in this folder, so nothing would be watched")
        }
        return try names.map { (name: path + "/" + $0, text: try TextFile.read(path + "/" + $0)) }
    }

    /// Returns whether a file should be read: editors' lock files and backup copies begin with a dot.
    private static func isRead(_ name: String) -> Bool {
        let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
        return !isHidden && (AlarmSet.holdsAlarms(name) || AlarmSet.isBudget(name))
    }

    private static func parse(_ texts: [(name: String, text: String)]) -> (files: [AlarmFile], faults: [Diagnostic]) {
        var files: [AlarmFile] = []
        var faults: [Diagnostic] = []
        for (name, text) in texts where AlarmSet.holdsAlarms(name) {
            do {
                let isJSON = name.lowercased().hasSuffix(".json")
                files.append(AlarmFile(name: name, content: try isJSON ? .init(parsing: text) : .init(yaml: text)))
            } catch {
                faults.append(Diagnostic(file: name, "\(error)"))
            }
        }
        return (files, faults)
    }
}

/// A parameter that no alarm file uses.
package struct UnknownParameter: Error, CustomStringConvertible {
    package var name: String

    package var description: String {
        "no alarm file uses a parameter ${\(name)}"
    }
}
