import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

@Suite(.blocking, .startsPrograms) struct EvaluateCommandTests {
    static let topic = "arn:aws:sns:us-east-1:111122223333:oncall"

    /// A store with an hour of calls, some of which fail in the middle.
    private static let hour = PreparedFolder { folder in
        try TestTrace.write(rows: 1000, to: folder.path("t.csv"))
        let purser = PurserProgram(store: folder.path("purser.db"))
        let result = try purser.run("replay", folder.path("t.csv"), "--fault", "denied:0.5@10m+10m")
        try #require(result.status == 0, "\(result)")
    }

    /// Copies that store and returns a program that has credentials for signing.
    static func fixture(_ folder: TemporaryFolder, _ account: SignedSNS.Account? = nil) throws -> PurserProgram {
        var environment = [
            "AWS_ACCESS_KEY_ID": account?.key ?? "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "PURSER_PARAMETER_TopicArn": topic,
        ]
        environment["AWS_ENDPOINT_URL_SNS"] = account?.endpoint
        try hour.copy(to: folder)
        return PurserProgram(store: folder.path("purser.db"), environment: environment)
    }

    static func evaluate(_ purser: PurserProgram, _ time: String, _ options: String...) throws -> PurserProgram.Result {
        let rest = options + ["--format", options.contains("--quiet") ? "text" : "json"]
        return try rest.count == 2
            ? purser.run("evaluate", "--at", time, rest[0], rest[1])
            : purser.run("evaluate", "--at", time, rest[0], rest[1], rest[2])
    }

    @Test("an alarm goes to ALARM and back to OK, with its exit codes and messages")
    func alarmAndBack() throws {
        let folder = try TemporaryFolder()
        var purser = try Self.fixture(folder)
        purser.environment["PURSER_PARAMETER_TopicArn"] = nil
        #expect(try Self.evaluate(purser, "2026-11-16T18:05:00Z").status == 0)
        let alarm = try Self.evaluate(purser, "2026-11-16T18:15:00Z")
        #expect(alarm.status == 2, "\(alarm)")
        let json = try JSONValue(parsing: alarm.output)
        #expect(json["schema"]?.string == "purser.evaluate/1" && json["evaluatedAt"]?.string == "2026-11-16T18:15:00Z")
        #expect(json["notifications"]?["error"] == .null)
        let rate = try #require(json["alarms"]?.array?.first { $0["name"]?.string == "error-rate" })
        #expect(rate["state"]?.string == "ALARM" && rate["previousState"]?.string == "OK")
        #expect(rate["stateReason"]?.string?.hasPrefix("Threshold Crossed: 1 out of the last 1 datapoints") == true)
        #expect(rate["stateReasonData"]?["version"]?.string == "1.0")
        let back = try Self.evaluate(purser, "2026-11-16T19:30:00Z", "--quiet")
        #expect(back.status == 0, "\(back)")
        let line = try #require(back.output.split(separator: "\n").first { $0.contains(" chat-errors ") })
        #expect(line.contains("OK chat-errors ALARM->OK") && line.contains("sns=no-topic"))
        #expect(line.contains("runbook=docs/runbooks/error-rate.md"))
        let again = try Self.evaluate(purser, "2026-11-16T19:31:00Z", "--quiet")
        #expect(again == .init(status: 0, output: "", errors: ""))
        let behind = try Self.evaluate(purser, "2026-11-16T18:30:00Z")
        #expect(try behind.status == 0 && JSONValue(parsing: behind.output)["evaluatedAt"] == .null)
    }

    @Test("a dry run stores nothing and sends nothing")
    func dryRun() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.fixture(folder)
        _ = try Self.evaluate(purser, "2026-11-16T18:15:00Z", "--dry-run")
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.alarmRecords().isEmpty && store.lastEvaluation() == nil && store.messages(.pending).isEmpty)
    }

    @Test("evaluators that run at the same time record every change once", arguments: 1...3)
    func twoAtOnce(round: Int) throws {
        let folder = try TemporaryFolder()
        var purser = try Self.fixture(folder)
        purser.environment["PURSER_PARAMETER_TopicArn"] = nil
        _ = try Self.evaluate(purser, "2026-11-16T18:05:00Z")
        let processes = try (0..<4).map { _ in try purser.start(["evaluate", "--at", "2026-11-16T19:30:00Z"]) }
        processes.forEach { $0.waitUntilExit() }
        #expect(processes.allSatisfy { $0.terminationStatus == 0 })
        let store = try Store(path: folder.path("purser.db"), .existing)
        let changes = try store.transitions(of: "error-rate", limit: 100)
        #expect(changes.map(\.newState) == [.ok, .alarm, .ok])
        #expect(changes.map(\.number) == [3, 2, 1])
    }

    @Test("a run that overlaps another one reports, in JSON too, that nothing was evaluated")
    func besideAnother() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.fixture(folder)
        let store = try Store(path: folder.path("purser.db"), .existing)
        let alone = try store.whileAlone(in: .evaluate) { try purser.run("evaluate", "--format", "json") }
        let result = try #require(alone)
        #expect(result.status == 0 && result.errors.contains("nothing was evaluated"), "\(result)")
        let json = try JSONValue(parsing: result.output)
        #expect(json["evaluatedAt"] == .null)
        #expect(try JSONSchema(file: "docs/schemas/purser.evaluate.1.json").verdict(on: json).faults == [])
    }

    @Test("what another run is sending is not undelivered: the exit code is that of the alarms")
    func besideASender() throws {
        let folder = try TemporaryFolder()
        let purser = try Self.fixture(folder)
        let store = try Store(path: folder.path("purser.db"), .existing)
        let alone = try store.whileAlone(in: .send) { try Self.evaluate(purser, "2026-11-16T18:15:00Z", "--quiet") }
        let result = try #require(alone)
        #expect(result.status == 2 && result.output.contains("sns=pending"), "\(result)")
        #expect(result.errors.hasPrefix("purser: another run is sending: "), "\(result.errors)")
        #expect(try store.messageCount(.pending) > 0)
    }

    @Test(
        "a change is delivered once, with a verified signature, in CloudWatch's JSON",
        .needsPeers
    )
    func delivered() throws {
        let folder = try TemporaryFolder()
        let account = try SignedSNS.account([.init("maxSkewSeconds", 300)])
        let purser = try Self.fixture(folder, account)
        _ = try Self.evaluate(purser, "2026-11-16T18:05:00Z")
        let alarm = try Self.evaluate(purser, "2026-11-16T18:15:00Z")
        #expect(alarm.status == 2, "\(alarm)")
        for _ in 0..<3 { _ = try Self.evaluate(purser, "2026-11-16T18:15:30Z") }
        let messages = try account.taken().filter { $0["subject"]?.string?.contains("\"chat-errors\"") == true }
        #expect(messages.compactMap { $0["subject"]?.string }.filter { $0.hasPrefix("ALARM") }.count == 1)
        let message = try #require(messages.last?["message"]?.string)
        let body = try JSONValue(parsing: message)
        #expect(body["AlarmName"]?.string == "chat-errors" && body["NewStateValue"]?.string == "ALARM")
        #expect(body["OldStateValue"]?.string == "OK" && body["Region"]?.string == "US East (N. Virginia)")
        #expect(body["TriggeringChildren"]?.array?.isEmpty == false)
    }

    @Test(
        "if the server is down, the state is kept and the message waits; the next run delivers it once",
        .needsPeers
    )
    func serverDown() throws {
        let folder = try TemporaryFolder()
        let account = try SignedSNS.account()
        var purser = try Self.fixture(folder, account)
        _ = try Self.evaluate(purser, "2026-11-16T18:05:00Z")
        let before = try account.taken().count
        // A closed port on this machine.
        purser.environment["AWS_ENDPOINT_URL_SNS"] = "http://127.0.0.1:9"
        let down = try Self.evaluate(purser, "2026-11-16T18:15:00Z")
        #expect(down.status == 3, "\(down)")
        #expect(
            down.errors.contains("not delivered: ") && down.errors.contains("chat-errors/2/\(Self.topic)"),
            "\(down.errors)"
        )
        #expect(down.errors.contains("retried by the next run"))
        let json = try JSONValue(parsing: down.output)
        #expect((json["notifications"]?["pending"]?.integer ?? 0) >= 1)
        let store = try Store(path: folder.path("purser.db"), .existing)
        #expect(try store.alarmRecords()["error-rate"]?.state == .alarm)

        purser.environment["AWS_ENDPOINT_URL_SNS"] = account.endpoint
        let up = try Self.evaluate(purser, "2026-11-16T18:15:10Z")
        #expect(up.status == 2, "\(up)")
        _ = try Self.evaluate(purser, "2026-11-16T18:15:20Z")
        let arrived = try account.taken().dropFirst(before).compactMap { $0["subject"]?.string }
        #expect(arrived.filter { $0.hasPrefix("ALARM: \"chat-errors\"") }.count == 1, "\(arrived)")
    }

    @Test(
        "a message that the topic refuses is kept, and is reported until it is sent again manually",
        .needsPeers
    )
    func refused() throws {
        let folder = try TemporaryFolder()
        let account = try SignedSNS.account()
        var purser = try Self.fixture(folder, account)
        let secret = purser.environment["AWS_SECRET_ACCESS_KEY"]
        purser.environment["AWS_SECRET_ACCESS_KEY"] = "wrong"
        let wrong = try Self.evaluate(purser, "2026-11-16T18:15:00Z")
        #expect(wrong.status == 3 && wrong.errors.contains("SignatureDoesNotMatch"), "\(wrong)")
        #expect(!wrong.errors.contains("wrong\""))
        purser.environment["AWS_SECRET_ACCESS_KEY"] = secret
        let later = try Self.evaluate(purser, "2026-11-16T18:15:10Z")
        #expect(later.status == 3 && later.errors.contains("purser alarms retry"), "\(later)")
        let retry = try purser.run("alarms", "retry")
        #expect(retry.status == 0, "\(retry)")
        #expect(try Self.evaluate(purser, "2026-11-16T18:15:20Z").status != 3)
    }

    @Test("as a plugin, a check that judged nothing and wrong usage are UNKNOWN with exit 3")
    func plugin() throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        try FileManager.default.createDirectory(atPath: folder.path("none"), withIntermediateDirectories: true)
        let purser = PurserProgram(store: folder.path("purser.db"))
        let cases = [
            ["--alarms", folder.path("none")], [], ["--at", "24/11/2026"], ["--frob"], ["--parameter", "x"],
            ["--quiet"], ["--remind", "-1"],
        ]
        for options in cases {
            let result = try purser.run(["evaluate", "--format", "nagios"] + options)
            #expect(result.status == 3 && result.output.hasPrefix("UNKNOWN - "), "\(options): \(result)")
            #expect(result.output.split(separator: "\n").count == 1, "\(options): \(result.output)")
        }
        #expect(try purser.run("evaluate", "--format", "nagios", "--help").status == 0)
    }
}
