import Foundation
import Purser
import PurserCore

extension Session {
    /// The folder of alarm files where one was named.
    var alarmFolder: String? {
        value(options.alarms, "PURSER_ALARMS")
    }

    /// The alarm files: those of the named folder, else those that ship.
    func alarmFiles() throws -> [(name: String, text: String)] {
        guard let folder = alarmFolder else {
            return EmbeddedFile.all(in: "alarms").map { (name: $0.path, text: $0.text) }.filter { Self.isRead($0.name) }
        }
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter(Self.isRead)
            if names.isEmpty {
                let kinds = AlarmSet.endings.map { "*" + $0 }.joined(separator: ", ")
                throw FileError(
                    "\(folder): there is no alarm file (\(kinds)) in this folder, so nothing would be watched"
                )
            }
            return try names.sorted().map { (name: folder + "/" + $0, text: try text(ofFile: folder + "/" + $0)) }
        } catch let error as FileError {
            throw error
        } catch {
            throw FileError(folder, error)
        }
    }

    /// The alarms, and the budget beside them where there is one; the faults of all files are reported together.
    func rules() throws -> (alarms: [AlarmDefinition], budget: BudgetDefinition?) {
        let (texts, parameters) = (try alarmFiles(), try parameters())
        var faults: [Diagnostic] = []
        var files: [AlarmFile] = []
        for file in texts where AlarmSet.holdsAlarms(file.name) {
            do {
                files.append(AlarmFile(name: file.name, content: try Self.content(file)))
            } catch {
                faults.append(Diagnostic(file: file.name, "\(error)"))
            }
        }
        let budgetFile = texts.first { AlarmSet.isBudget($0.name) }
        // A file that cannot be read may be the one that has the parameter.
        if faults.isEmpty {
            try checkParameters { name in
                files.contains { $0.hasParameter(name) } || budgetFile?.text.contains("${\(name)}") == true
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
            throw FileError("\(names): there is no alarm in these files, so nothing would be watched")
        }
        return (alarms, budget)
    }

    /// An editor's locks and copies begin with a dot.
    private static func isRead(_ name: String) -> Bool {
        let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
        return !isHidden && (AlarmSet.holdsAlarms(name) || AlarmSet.isBudget(name))
    }

    static func content(_ file: (name: String, text: String)) throws -> JSONValue {
        file.name.lowercased().hasSuffix(".json") ? try JSONValue(parsing: file.text) : try JSONValue(yaml: file.text)
    }

    private func checkParameters(_ isKnown: (String) -> Bool) throws {
        for name in options.parameters.map({ String($0.prefix { $0 != "=" }) }) where !isKnown(name) {
            throw UsageError("no alarm file has a parameter ${\(name)}")
        }
    }
}
