import ArgumentParser
import Foundation
import PurserCore

extension AlarmsCommand {
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs the scripted cases beside the alarm files.",
            discussion: "docs/alarm-tests.md has the notation. Ends with 3 where a case fails."
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Test files; all *.test files beside the alarms where none is named.", completion: .file())
        var files: [String] = []

        func run() throws {
            try reporting {
                let session = Session(global)
                let alarms = try session.rules().alarms
                let results = try results(try session.alarmTestFiles(files), alarms)
                let failed = results.count { !$0.isPassed }
                switch output.format {
                case .json: show(Self.json(results))
                case .text:
                    results.forEach { show(plain: Self.text($0)) }
                    say("\(results.count - failed) passed, \(failed) failed")
                }
                if failed > 0 { throw Exit.failed }
            }
        }

        /// Of all tests; the faults of all files are thrown together.
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

        private static func text(_ result: AlarmTestResult) -> String {
            let test = result.test
            var lines = ["\(result.isPassed ? "ok  " : "FAIL") \(test.file):\(test.line) \(test.name)"]
            for failure in result.failures {
                lines.append("     line \(failure.line) expected  \(failure.expected)")
                lines.append("       was       \(failure.actual)")
                if let seen = failure.seen { lines.append("       seen      \(seen)") }
            }
            return lines.joined(separator: "\n")
        }

        private static func json(_ results: [AlarmTestResult]) -> JSONValue {
            let tests = results.map { result -> JSONValue in
                let failures = result.failures.map { failure -> JSONValue in
                    [
                        "line": .integer(failure.line), "expected": .string(failure.expected),
                        "actual": .string(failure.actual), "seen": JSONValue(failure.seen),
                    ]
                }
                return [
                    "name": .string(result.test.name), "file": .string(result.test.file),
                    "line": .integer(result.test.line), "passed": .bool(result.isPassed),
                    "failures": .array(failures),
                ]
            }
            let failed = results.count { !$0.isPassed }
            return JSONValue(
                schema: "purser.alarms-test/1",
                [
                    "passed": .integer(results.count - failed), "failed": .integer(failed), "tests": .array(tests),
                ]
            )
        }
    }
}

extension Session {
    /// The named test files, else those beside the alarms.
    func alarmTestFiles(_ named: [String]) throws -> [(name: String, text: String)] {
        guard named.isEmpty else { return try named.map { ($0, try text(ofFile: $0)) } }
        guard let folder = alarmFolder else {
            return EmbeddedFile.all(in: "alarms").filter { $0.path.hasSuffix(".test") }.map { ($0.path, $0.text) }
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".test") }
        } catch {
            throw FileError(folder, error)
        }
        if names.isEmpty { throw FileError("\(folder): there is no test file (*.test) in this folder") }
        return try names.sorted().map { (folder + "/" + $0, try text(ofFile: folder + "/" + $0)) }
    }
}
