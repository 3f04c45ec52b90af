import ArgumentParser
import Purser
import PurserCore
import PurserRender

extension AlarmsCommand {
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs the scripted test cases next to the alarm files.",
            discussion: "docs/alarm-tests.md describes the notation. The exit code is 3 if a case fails."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Test files; default: all *.test files next to the alarms.", completion: .file())
        var files: [String] = []

        func run() throws {
            try reporting {
                let session = Session(global)
                let rules = try session.rules()
                let results = try results(try session.alarmFolder().tests(files), rules.alarms)
                let failed = results.count { !$0.isPassed }
                output.show(AlarmJSON.tests(results)) {
                    results.forEach { show(plain: AlarmText.test($0)) }
                    say("\(results.count - failed) passed, \(failed) failed")
                }
                if failed > 0 { throw Exit.failed }
                try rules.requireReadable()
            }
        }

        /// Returns the results of all tests; throws the faults of all files together.
        private func results(
            _ files: [(name: String, text: String)],
            _ alarms: [AlarmDefinition]
        ) throws -> [AlarmTestResult] {
            var results: [AlarmTestResult] = []
            var faults: [Diagnostic] = []
            for file in files {
                do throws(Diagnostics) {
                    for test in try AlarmTest.read(file.text, file: file.name) {
                        results.append(try test.run(alarms))
                    }
                } catch {
                    faults += error.all
                }
            }
            if !faults.isEmpty { throw Diagnostics(faults) }
            return results
        }
    }
}
