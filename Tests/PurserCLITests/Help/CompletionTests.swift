import Foundation
import PurserCore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct CompletionTests {
    /// Returns what bash offers for a command line of `purser`, with the cursor at its end.
    private static func complete(_ line: String, _ purser: PurserProgram) throws -> Set<String> {
        let script = """
            PATH="$(dirname "$PURSER"):$PATH"
            source <(purser completions bash)
            COMP_WORDS=(\(line)) COMP_LINE="\(line)" COMP_TYPE=9 COMP_KEY=9
            [[ "$COMP_LINE" == *" " ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE}
            $(complete -p purser | sed 's/.*-F \\([^ ]*\\).*/\\1/') purser "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try purser.shell(script)
        #expect(result.status == 0 && result.errors.isEmpty, "\(line): \(result)")
        return Set(result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    }

    @Test("bash completes commands, options, and names in the store and the alarm folder")
    func bash() throws {
        let folder = try Demonstrations.json.copy()
        let purser = PurserProgram(store: folder.path("purser.db"))
        #expect(try Self.complete("purser ev", purser) == ["evaluate"])
        #expect(try Self.complete("purser evaluate --dry", purser) == ["--dry-run"])
        #expect(try Self.complete("purser alarms show error-r", purser).contains("error-rate"))
        #expect(try Self.complete("purser alarms mute latency-p", purser) == ["latency-p99"])
        #expect(try Self.complete("purser cost --month 2026-1", purser).contains("2026-11"))
        #expect(try Self.complete("purser metrics list --namespace Ch", purser) == ["ChatService"])
        #expect(try Self.complete("purser metrics list --name Lat", purser).contains("Latency"))
        #expect(try Self.complete("purser prices list us.amazon.nova-l", purser).contains { $0.contains("nova-lite") })
    }

    @Test(
        "the store and the folder that the command line names are used; without them there are no names, and no error"
    )
    func otherStores() throws {
        let folder = try Demonstrations.json.copy()
        let alarms = folder.path("alarms")
        try FileManager.default.createDirectory(atPath: alarms, withIntermediateDirectories: true)
        try #"{"AlarmName": "mine", "Treshold": 1}"#.write(
            toFile: alarms + "/a.json",
            atomically: true,
            encoding: .utf8
        )
        let purser = PurserProgram(store: "/dev/null/purser.db")
        #expect(try Self.complete("purser cost --month 2026-1", purser).subtracting([""]).isEmpty)
        let store = folder.path("purser.db")
        #expect(try Self.complete("purser cost --store \(store) --month 2026-1", purser).contains("2026-11"))
        #expect(try Self.complete("purser alarms show --alarms \(alarms) e", purser).subtracting([""]).isEmpty)
    }

    @Test("a stored name that the shell would expand is neither offered nor run")
    func hostileNames() throws {
        let folder = try Demonstrations.json.copy()
        let alarms = folder.path("alarms")
        try FileManager.default.createDirectory(atPath: alarms, withIntermediateDirectories: true)
        let names = ["$(touch \(folder.path("run")))", "`touch \(folder.path("run"))`", "$HOME", "two words", "plain"]
        for (index, name) in names.enumerated() {
            let json: JSONValue = [
                "AlarmName": .string(name), "Namespace": "N", "MetricName": "M", "Statistic": "Sum", "Period": 60,
                "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
            ]
            try json.text().write(toFile: alarms + "/\(index).json", atomically: true, encoding: .utf8)
        }
        let purser = PurserProgram(store: folder.path("purser.db"))
        let offered = try Self.complete("purser alarms show --alarms \(alarms) ", purser)
        #expect(offered.contains("plain") && offered.allSatisfy { !$0.contains("touch") && !$0.contains("two") })
        #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
    }

    @Test("zsh and fish accept their scripts", arguments: ["zsh", "fish"])
    func otherShells(shell: String) throws {
        let path = "/usr/bin/" + shell
        let script = try PurserProgram().run("completions", shell)
        #expect(script.status == 0 && script.output.contains("purser") && script.errors.isEmpty)
        guard FileManager.default.isExecutableFile(atPath: path) else { return }
        let folder = try TemporaryFolder()
        try script.output.write(toFile: folder.path("script"), atomically: true, encoding: .utf8)
        let check = try PurserProgram().shell("\(path) -n '\(folder.path("script"))'")
        #expect(check.status == 0 && check.errors.isEmpty, "\(check)")
    }
}
