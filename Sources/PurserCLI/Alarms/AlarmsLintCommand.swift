import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

extension AlarmsCommand {
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds alarms that fire on one event, can never fire, or are heard by nobody.",
            discussion: "docs/alarm-lint.md has the rules. Ends with 3 where there is an error."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Flag(name: .long, help: "Warnings are errors.")
        var strict = false

        func run() throws {
            try reporting {
                let session = Session(global)
                let (findings, faults) = try session.lintedAlarms()
                let errors = faults.count + findings.count { severity($0) == .error }
                let warnings = faults.count + findings.count - errors
                switch output.format {
                case .json: show(json(findings, faults))
                case .text:
                    for fault in faults { show(plain: "error: \(fault)") }
                    for finding in findings {
                        let place = "\(finding.file): \(finding.alarm): \(finding.message)"
                        show(plain: "\(severity(finding).rawValue): \(place) [\(finding.rule.rawValue)]")
                    }
                    say("\(errors) error\(errors == 1 ? "" : "s"), \(warnings) warning\(warnings == 1 ? "" : "s")")
                }
                if errors > 0 { throw Exit.failed }
            }
        }

        private func severity(_ finding: AlarmFinding) -> AlarmLintRule.Severity {
            strict ? .error : finding.severity
        }

        private func json(_ findings: [AlarmFinding], _ faults: [Diagnostic]) -> JSONValue {
            let faults = faults.map { fault -> JSONValue in
                .object(
                    [
                        .init("rule", "unreadable"),
                        .init("severity", .string(AlarmLintRule.Severity.error.rawValue)),
                        .init("alarm", .null),
                    ] + fault.members
                )
            }
            let findings = findings.map { finding -> JSONValue in
                [
                    "rule": .string(finding.rule.rawValue), "severity": .string(severity(finding).rawValue),
                    "alarm": .string(finding.alarm), "file": .string(finding.file), "key": .null,
                    "message": .string(finding.message),
                ]
            }
            return JSONValue(schema: "purser.alarms-lint/1", ["findings": .array(faults + findings)])
        }
    }
}

extension Session {
    /// The findings about the alarms that can be read, and the faults of the files, the budget's among them.
    fileprivate func lintedAlarms() throws -> ([AlarmFinding], [Diagnostic]) {
        var faults: [Diagnostic] = []
        do {
            _ = try rules()
        } catch let error as Diagnostics {
            faults = error.all
        }
        var alarms: [AlarmDefinition] = []
        var places: [String: String] = [:]
        let parameters = try parameters()
        for text in try alarmFiles() where AlarmSet.holdsAlarms(text.name) {
            guard let content = try? Self.content(text) else { continue }
            let file = AlarmFile(name: text.name, content: content)
            for alarm in file.readableAlarms(parameters: parameters) where places[alarm.name] == nil {
                places[alarm.name] = file.name
                alarms.append(alarm)
            }
        }
        let context = AlarmLintContext(
            minuteMetrics: Set(MetricReader.Derived.allCases.map(\.metric)),
            series: try knownSeries(),
            missingRunbooks: Set(alarms.compactMap(\.runbook).filter { !hasRunbook($0) })
        )
        return (AlarmSet.lint(alarms, files: places, context), faults)
    }

    /// The series of the store, and those that are derived; nil where there is no store.
    private func knownSeries() throws -> [Series]? {
        guard FileManager.default.fileExists(atPath: storePath) else { return nil }
        let derived = MetricReader.Derived.allCases.map { Series($0.metric, unit: $0.unit) }
        return try store(.existing).series() + derived
    }

    /// Whether a runbook is an address, or a file below this folder, beside the alarm folder, or among those that ship.
    private func hasRunbook(_ runbook: String) -> Bool {
        if runbook.hasPrefix("https://") || runbook.hasPrefix("http://") { return true }
        var paths = [runbook]
        if let folder = alarmFolder, !runbook.hasPrefix("/") { paths.append(folder + "/../" + runbook) }
        if paths.contains(where: { FileManager.default.fileExists(atPath: $0) }) { return true }
        return alarmFolder == nil && EmbeddedFile.all(in: "docs").contains { $0.path == runbook }
    }
}
