import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

extension AlarmsCommand {
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds alarms that fire on one event, can never fire, or notify no one.",
            discussion: "docs/alarm-lint.md describes the rules. The exit code is 3 if there is an error."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Flag(name: .long, help: "Treat warnings as errors.")
        var strict = false

        func run() throws {
            try reporting {
                let session = Session(global)
                let report = try session.lintedAlarms(isStrict: strict)
                let (errors, warnings) = (report.errorCount, report.warningCount)
                output.show(AlarmJSON.lint(report)) {
                    AlarmText.lint(report).forEach { show(plain: $0) }
                    say(errors.counted("error") + ", " + warnings.counted("warning"))
                }
                if errors > 0 { throw Exit.failed }
            }
        }
    }
}

extension Session {
    /// Returns the findings about the alarms that can be read, and the faults of the files, including the budget's.
    fileprivate func lintedAlarms(isStrict: Bool) throws -> AlarmLintReport {
        let folder = try alarmFolder()
        let rules = try folder.rules()
        let alarms = rules.alarms
        (rules.warnings + rules.notes).forEach { say("purser: \($0)") }
        let context = AlarmLintContext(
            minuteMetrics: Set(MetricReader.Derived.allCases.map(\.metric)),
            series: try knownSeries(),
            missingRunbooks: Set(alarms.compactMap(\.runbook).filter { (try? folder.runbook($0)) == nil })
        )
        let findings = AlarmSet.lint(alarms, files: rules.files, context)
        return AlarmLintReport(findings: findings, unreadable: rules.unreadable, isStrict: isStrict)
    }

    /// Returns the store's series, the derived ones and, if the chat service has recorded anything, all of its metrics:
    /// some have no datapoint before something fails. Returns nil if there is no store.
    private func knownSeries() throws -> [Series]? {
        guard FileManager.default.fileExists(atPath: storePath) else { return nil }
        let stored = try store(.existing).series()
        let derived = MetricReader.Derived.allCases.map { Series($0.metric, unit: $0.unit) }
        let isInUse = stored.contains { $0.metric.namespace == ChatMetric.namespace }
        return stored + derived + (isInUse ? ChatMetric.allCases.map { Series($0.metric, unit: $0.unit) } : [])
    }
}
