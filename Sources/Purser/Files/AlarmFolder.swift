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

    /// The largest file that is read; CloudFormation's own limit for a template is 1 MB.
    private static let mostMebibytes = 16

    /// Returns what can be read of the folder, and the faults of the rest.
    ///
    /// Throws ``FileError`` if the folder cannot be listed, and ``UnknownParameter`` if one of the parameters in `named`
    /// is not used in any file.
    package func rules(named: [String] = []) throws -> AlarmRules {
        var rules = AlarmRules()
        let texts = try texts(&rules)
        let budgetFile = texts.first { AlarmSet.isBudget($0.name) }
        let files = Self.parse(texts, &rules)
        for name in AlarmFile.unused(named, in: files, parameters: parameters) {
            if budgetFile?.text.contains("${\(name)}") == true { continue }
            // A file that cannot be read may be the one that uses the parameter.
            if rules.unreadable.isEmpty, !texts.isEmpty { throw UnknownParameter(name: name) }
            rules.warnings.append("--parameter \(name): no alarm file that can be read uses it")
        }
        let isWhole = !rules.unreadable.contains(where: \.kind.mayHoldAlarms)
        let content = AlarmSet.content(of: files, parameters: parameters, isWhole: isWhole)
        rules.alarms = content.alarms
        rules.files = content.files
        rules.unreadable += content.unreadable
        rules.unwatched = content.unwatched
        rules.warnings += content.waiting.map(\.description)
        rules.notes += content.passedOver.map(\.description)
        var topics = content.topics
        if let file = budgetFile {
            let result = readBudget(file, &topics)
            if !result.diagnostics.isEmpty {
                rules.unreadable.append(UnreadableAlarm(file: file.name, kind: .budget, faults: result.diagnostics))
            }
            rules.budget = result.definition
        }
        rules.unreadable += topics.faults.map { UnreadableAlarm(file: $0.file, kind: .parameter, faults: [$0]) }
        if rules.alarms.isEmpty, rules.unreadable.isEmpty, rules.budget == nil {
            let kinds = AlarmSet.endings.map { "*" + $0 }.joined(separator: ", ")
            let what = texts.isEmpty ? "there is no alarm file (\(kinds)) in this folder" : "its files hold no alarm"
            rules.warnings.append("\(path ?? "alarms"): \(what), so nothing is watched")
        }
        return rules
    }

    /// Returns the budget, for which the alarm files are not read; nil if there is none.
    package func budget() throws -> BudgetDefinition? {
        let file: (name: String, text: String)
        if let path {
            let name = path + "/" + AlarmSet.budgetFile
            guard FileManager.default.fileExists(atPath: name) else { return nil }
            file = (name, try TextFile.read(name, mostMebibytes: Self.mostMebibytes))
        } else {
            guard let shipped = EmbeddedFile.all(in: "alarms").first(where: { AlarmSet.isBudget($0.path) }) else {
                return nil
            }
            file = (shipped.path, shipped.text)
        }
        var topics = TopicParameters(parameters)
        let result = readBudget(file, &topics)
        if !result.diagnostics.isEmpty { throw Diagnostics(result.diagnostics) }
        return result.definition
    }

    /// Returns the budget; parameters that are not topics, but are used as such, are added to `topics`.
    private func readBudget(
        _ file: (name: String, text: String),
        _ topics: inout TopicParameters
    ) -> (definition: BudgetDefinition?, diagnostics: [Diagnostic]) {
        let parameters = topics.parameters(forBudget: file.text)
        return BudgetDefinition.read(json: file.text, file: file.name, parameters: parameters)
    }

    /// Returns the named test files, or those next to the alarms if none are named.
    package func tests(_ named: [String]) throws -> [(name: String, text: String)] {
        guard named.isEmpty else { return try named.map { ($0, try TextFile.read($0)) } }
        guard let path else {
            return EmbeddedFile.all(in: "alarms").filter { $0.path.hasSuffix(".test") }.map { ($0.path, $0.text) }
        }
        let names = try FolderListing(path).files.filter { $0.hasSuffix(".test") }
        if names.isEmpty { throw FileError(path, reason: "there is no test file (*.test) in this folder") }
        return try names.map { name in
            (path + "/" + name, try TextFile.read(path + "/" + name, mostMebibytes: Self.mostMebibytes))
        }
    }

    /// A runbook that exists.
    package enum Runbook: Sendable, Equatable {
        case link
        case text(String)
    }

    /// Returns a runbook: a URL, or the text of a file below the current folder, next to the alarm folder, or among the
    /// shipped ones; nil if there is no such file, or if the path leaves those folders: alarms may come from others.
    package func runbook(_ runbook: String) throws -> Runbook? {
        if runbook.hasPrefix("https://") || runbook.hasPrefix("http://") { return .link }
        if runbook.hasPrefix("/") || runbook.split(separator: "/").contains("..") { return nil }
        var paths = [runbook]
        if let path { paths += [path + "/../" + runbook, path + "/" + runbook] }
        if let found = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) {
            return .text(try TextFile.read(found, mostMebibytes: Self.mostMebibytes))
        }
        return EmbeddedFile.all(in: "docs").first { $0.path == runbook }.map { .text($0.text) }
    }

    /// Returns the alarm files and the budget; what cannot be read is added to `rules`.
    private func texts(_ rules: inout AlarmRules) throws -> [(name: String, text: String)] {
        guard let path else {
            return EmbeddedFile.all(in: "alarms").map { (name: $0.path, text: $0.text) }.filter { Self.isRead($0.name) }
        }
        let listing = try FolderListing(path)
        // It may hold alarms.
        rules.warnings += listing.links.map(\.description)
        rules.unreadable += listing.faults.map { UnreadableAlarm($0, kind: .folder) }
        var texts: [(name: String, text: String)] = []
        for name in listing.files where Self.isRead(name) {
            if AlarmSet.isBudget(name), name != AlarmSet.budgetFile {
                rules.notes.append("\(path)/\(name): only the budget of the folder itself is read, so this one is not")
                continue
            }
            do {
                let text = try TextFile.read(path + "/" + name, mostMebibytes: Self.mostMebibytes)
                texts.append((name: path + "/" + name, text: text))
            } catch let error as FileError {
                rules.unreadable.append(UnreadableAlarm(error, kind: AlarmSet.isBudget(name) ? .budget : .file))
            }
        }
        return texts
    }

    /// Returns whether a file should be read.
    private static func isRead(_ name: String) -> Bool {
        AlarmSet.holdsAlarms(name) || AlarmSet.isBudget(name)
    }

    private static func parse(_ texts: [(name: String, text: String)], _ rules: inout AlarmRules) -> [AlarmFile] {
        var files: [AlarmFile] = []
        for (name, text) in texts where AlarmSet.holdsAlarms(name) {
            do {
                let documents =
                    isJSON(name, text) ? try JSONValue.documents(parsing: text) : try JSONValue.documents(yaml: text)
                files += AlarmFile.documents(name, documents)
            } catch {
                let fault = Diagnostic(file: name, "\(error)")
                rules.unreadable.append(UnreadableAlarm(file: name, kind: .file, faults: [fault]))
            }
        }
        return files
    }

    /// Whether a file is JSON: by its ending, or, since a template's ending does not say, by how it begins.
    private static func isJSON(_ name: String, _ text: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(".json") || name.hasSuffix(".template") && text.first { !$0.isWhitespace } == "{"
    }
}

/// A parameter that no alarm file uses.
package struct UnknownParameter: Error, CustomStringConvertible {
    package var name: String

    package var description: String {
        "no alarm file uses a parameter ${\(name)}"
    }
}
