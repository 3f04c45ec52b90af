import Foundation
import TestSupport
import Testing

/// The files that run the evaluator on a machine.
@Suite struct DeployTests {
    static let service = "deploy/systemd/purser-evaluate.service"
    static let timer = "deploy/systemd/purser-evaluate.timer"
    static let backupService = "deploy/systemd/purser-backup.service"
    static let backupTimer = "deploy/systemd/purser-backup.timer"

    /// Returns a unit's settings by section and key, in order; a key may occur several times.
    static func settings(_ path: String) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        var section = ""
        for line in try Repository.lines(path) where !line.isEmpty && !line.hasPrefix("#") {
            if line.hasPrefix("[") {
                section = line.filter { $0 != "[" && $0 != "]" }
                continue
            }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try #require(parts.count == 2, "\(path): \(line)")
            found[section + "." + parts[0], default: []].append(String(parts[1]))
        }
        return found
    }

    static let analyzer = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test("the unit counts an alarm and a crossed budget as success, and can write only to its own folder")
    func serviceUnit() throws {
        let unit = try Self.settings(Self.service)
        #expect(unit["Service.Type"] == ["oneshot"])
        #expect(unit["Service.SuccessExitStatus"] == ["1 2"])
        #expect(unit["Service.EnvironmentFile"] == ["-/etc/purser/purser.env"])
        #expect(unit["Service.ExecStart"]?.count == 1)
        #expect(unit["Service.ExecStart"]?[0].contains("/purser evaluate --quiet") == true)
        #expect(unit["Service.TimeoutStartSec"] != nil)
        #expect(unit["Service.ProtectSystem"] == ["strict"] && unit["Service.NoNewPrivileges"] == ["yes"])
        // The store is in the only folder that the unit may write to.
        let folder = try #require(unit["Service.StateDirectory"]?.first)
        #expect(unit["Service.Environment"] == ["PURSER_STORE=/var/lib/\(folder)/purser.db"])
        #expect(unit["Service.ReadWritePaths"] == nil)
    }

    @Test("the timer starts the unit of the same name every minute, at most a second late")
    func timerUnit() throws {
        let unit = try Self.settings(Self.timer)
        #expect(unit["Timer.OnCalendar"] == ["minutely"] && unit["Timer.AccuracySec"] == ["1s"])
        #expect(unit["Timer.Unit"] == nil && unit["Install.WantedBy"] == ["timers.target"])
    }

    @Test("the backup runs every night, as the store's user, without a network, into the store's folder")
    func backupUnits() throws {
        let unit = try Self.settings(Self.backupService)
        let evaluator = try Self.settings(Self.service)
        #expect(unit["Service.ExecStart"] == ["/usr/local/bin/purser backup --force /var/lib/purser/backup.db"])
        #expect(unit["Service.PrivateNetwork"] == ["yes"] && unit["Service.SuccessExitStatus"] == nil)
        for key in ["User", "Group", "Environment", "EnvironmentFile", "StateDirectory", "UMask", "ProtectSystem"] {
            #expect(unit["Service." + key] == evaluator["Service." + key], "\(key)")
        }
        let timer = try Self.settings(Self.backupTimer)
        #expect(timer["Timer.OnCalendar"] == ["*-*-* 03:17:00"] && timer["Timer.Persistent"] == ["true"])
        #expect(timer["Install.WantedBy"] == ["timers.target"])
    }

    @Test(
        "systemd finds no faults in the units",
        .startsPrograms,
        .enabled(if: analyzer != nil, "needs the program systemd-analyze")
    )
    func verifiedUnits() throws {
        let folder = try TemporaryFolder()
        for path in [Self.service, Self.timer, Self.backupService, Self.backupTimer] {
            // The program is not installed where tests run, so one that is installed stands in for it.
            let text = try Repository.text(path).replacing("/usr/local/bin/purser", with: "/bin/true")
            let name = try #require(path.split(separator: "/").last)
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(String(name))))
        }
        let analyzer = try #require(Self.analyzer)
        let units = ["evaluate.service", "evaluate.timer", "backup.service", "backup.timer"].map {
            folder.path("purser-" + $0)
        }
        let verify = "\(analyzer) verify --man=no 2>&1"
        let found = try PurserProgram().shell(verify + units.map { " '\($0)'" }.joined())
        #expect(found.status == 0 && !found.output.contains("purser-"), "\(found)")
        let wrong = try Repository.text(Self.timer).replacing("minutely", with: "minutly")
        try Data(wrong.utf8).write(to: URL(fileURLWithPath: units[1]))
        #expect(try PurserProgram().shell("\(verify) '\(units[1])'").output.contains("minutly"))
    }

    @Test("the manual names all settings")
    func environmentNames() throws {
        let manual = try Repository.text("docs/cli.md") + Repository.text(Self.service)
        for line in try Repository.lines("deploy/purser.env.example") {
            guard let match = line.firstMatch(of: /^#?([A-Z_]+[A-Za-z_]*)=/) else {
                #expect(line.isEmpty || line.hasPrefix("# "), "\(line)")
                continue
            }
            let name = String(match.1)
            let isParameter = name.hasPrefix("PURSER_PARAMETER_")
            #expect(manual.contains(isParameter ? "PURSER_PARAMETER_NAME" : name), "\(name)")
        }
    }

    @Test("the crontab line runs a quiet evaluation with the settings in the file", .startsPrograms)
    func crontab() throws {
        let lines = try Repository.lines("deploy/crontab").filter { !$0.isEmpty && !$0.hasPrefix("#") }
        try #require(lines.count == 3 && lines.first?.hasPrefix("MAILTO=") == true)
        let line = lines[1]
        let every = "* * * * *  "
        // Cron turns a percent sign into a newline.
        #expect(line.hasPrefix(every) && lines.allSatisfy { !$0.contains("%") })
        let backup = try #require(try Self.settings(Self.backupService)["Service.ExecStart"]?.first)
        #expect(lines[2].hasPrefix("17 3 * * *  ") && lines[2].contains(backup))
        let folder = try TemporaryFolder()
        let settings = folder.path("purser.env")
        let example = try Repository.text("deploy/purser.env.example").replacing(
            "#PURSER_PING",
            with: "PURSER_PING"
        )
        try Data(example.utf8).write(to: URL(fileURLWithPath: settings))
        let program = folder.path("purser")
        try Data("#!/bin/sh\necho \"$@\" \"$PURSER_PING\" \"$PURSER_STORE\" \"$PURSER_PARAMETER_TopicArn\"\n".utf8)
            .write(to: URL(fileURLWithPath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let command = line.dropFirst(every.count)
            .replacing("/etc/purser/purser.env", with: settings)
            .replacing("/usr/local/bin/purser", with: program)
        let result = try PurserProgram().shell("/bin/sh -c '\(command)'")
        let expected = [
            "evaluate", "--quiet", "https://deadman.example.com/purser", "/var/lib/purser/purser.db",
            "arn:aws:sns:us-east-1:111122223333:oncall",
        ]
        #expect(result == .init(status: 0, output: expected.joined(separator: " ") + "\n", errors: ""))
    }
}
