import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

/// A trace of one call every three seconds.
enum TestTrace {
    static let start = Timestamp(year: 2026, month: 11, day: 16, hour: 18)

    static func write(rows: Int, to path: String) throws {
        let lines = (0..<rows).map { row in
            let time = (start + 3 * row).iso8601().replacingOccurrences(of: "T", with: " ").dropLast()
            return "\(time).0000000,\(100 + row * 37 % 300),\(50 + row * 53 % 800)"
        }
        let text = (["TIMESTAMP,ContextTokens,GeneratedTokens"] + lines).joined(separator: "\r\n")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}

@Suite(.blocking, .startsPrograms) struct ReplayCommandTests {
    @Test("replay, cost and dash agree, and a second replay changes nothing")
    func mainJob() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        try TestTrace.write(rows: 200, to: folder.path("t.csv"))
        let first = try purser.run("replay", folder.path("t.csv"), "--team", "support", "--format", "json")
        #expect(first.status == 0 && first.errors.isEmpty)
        let replay = try JSONValue(parsing: first.output)
        #expect(replay["schema"]?.string == "purser.replay/1" && replay["alreadyStored"]?.boolean == false)
        #expect(replay["requests"]?.integer == 200)

        let cost = try JSONValue(parsing: try purser.run("cost", "--month", "2026-11", "--format", "json").output)
        #expect(cost["total"] == replay["cost"] && cost["requests"]?.integer == replay["answered"]?.integer)
        #expect(cost["rows"]?.array?.first?["team"]?.string == "support")

        let dash = ["dash", "--at", "2026-11-16T18:12:00Z", "--since", "20m", "--format", "json"]
        let frame = try JSONValue(
            parsing: try purser.run(dash[0], dash[1], dash[2], dash[3], dash[4], dash[5], dash[6]).output
        )
        #expect(frame["schema"]?.string == "purser.dash/1")

        let metrics = try purser.run("metrics", "list").output
        let requests = try purser.run("requests", "--at", "2026-11-16T19:00:00Z", "--limit", "1000").output
        #expect(requests.split(separator: "\n").count == 200)
        let second = try purser.run("replay", folder.path("t.csv"), "--team", "support", "--format", "json")
        #expect(
            second.output
                == first.output.replacingOccurrences(of: #""alreadyStored":false"#, with: #""alreadyStored":true"#)
        )
        #expect(try purser.run("metrics", "list").output == metrics)
        #expect(try purser.run("requests", "--at", "2026-11-16T19:00:00Z", "--limit", "1000").output == requests)
        #expect(try purser.run("doctor").status == 0)
    }

    @Test("a bad line is named, and nothing from the file is stored")
    func badLine() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let text = "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-11-16 18:00:00,5,5\n2026-11-16 18:00:01,x,5\n"
        try text.write(toFile: folder.path("t.csv"), atomically: true, encoding: .utf8)
        let result = try purser.run("replay", folder.path("t.csv"))
        #expect(result.status == 3 && result.output.isEmpty)
        #expect(
            result.errors
                == "purser: \(folder.path("t.csv")):3: ContextTokens: `x` is not a whole number from 0 to 100000000\n"
        )
        #expect(!FileManager.default.fileExists(atPath: folder.path("purser.db")))
        #expect(try purser.run("replay", folder.path("none.csv")).status == 3)
    }

    @Test("an unknown model is a usage error, and similar ids are named")
    func unknownModel() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        try TestTrace.write(rows: 2, to: folder.path("t.csv"))
        let result = try purser.run("replay", folder.path("t.csv"), "--model", "us.amazon.nova-light-v1:0")
        #expect(result.status == 64)
        #expect(
            result.errors.contains("us.amazon.nova-light-v1:0") && result.errors.contains("us.amazon.nova-lite-v1:0")
        )
    }

    @Test(
        "invalid options are a usage error",
        arguments: [["--fault", "slow"], ["--start", "soon"], ["--format", "xml"]]
    )
    func wrongUsage(options: [String]) throws {
        let folder = try TemporaryFolder()
        try TestTrace.write(rows: 2, to: folder.path("t.csv"))
        let purser = PurserProgram(store: folder.path("purser.db"))
        #expect(try purser.run("replay", folder.path("t.csv"), options[0], options[1]).status == 64)
    }

    @Test("a store that cannot be written, opened or read exits with 3 and names the path and what to do")
    func unusableStores() throws {
        let folder = try TemporaryFolder()
        try TestTrace.write(rows: 2, to: folder.path("t.csv"))
        let below = try PurserProgram(store: folder.path("t.csv/purser.db")).run("replay", folder.path("t.csv"))
        #expect(below.status == 3 && below.errors.contains(folder.path("t.csv")))
        let text = String(repeating: "no database at all ", count: 400)
        try text.write(toFile: folder.path("text.db"), atomically: true, encoding: .utf8)
        for command in ["replay", "dash", "cost", "evaluate", "doctor"] {
            let arguments = command == "replay" ? [command, folder.path("t.csv")] : [command]
            let purser = PurserProgram(store: folder.path("text.db"))
            let result = try arguments.count == 2 ? purser.run(arguments[0], arguments[1]) : purser.run(arguments[0])
            #expect(result.status == 3, "\(command)")
            #expect(result.errors.contains(folder.path("text.db")) && result.errors.contains("damaged"), "\(command)")
        }
        #expect(try String(contentsOfFile: folder.path("text.db"), encoding: .utf8) == text)
        let missing = try PurserProgram(store: folder.path("none.db")).run("dash")
        #expect(missing.status == 3 && missing.errors.contains("purser demo"))
    }

    @Test(
        "a full disk exits with 3 and keeps the stored data, and the same command continues when there is space",
        .enabled(
            if: canMount,
            "mounting a small file system needs a mount namespace, which this machine does not allow"
        )
    )
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        try TestTrace.write(rows: 1500, to: folder.path("t.csv"))
        let disk = folder.path("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        let script = """
            mount -t tmpfs -o size=1600k tmpfs \(disk) || exit 99
            export PURSER_STORE=\(disk)/purser.db
            "$PURSER" replay \(folder.path("t.csv")); echo "full $?"
            "$PURSER" doctor --format json; echo "doctor $?"
            mount -o remount,size=64m \(disk)
            "$PURSER" replay \(folder.path("t.csv")) --format json >\(folder.path("resumed.json")); echo "resumed $?"
            "$PURSER" doctor >/dev/null; echo "sound $?"
            PURSER_STORE=\(disk)/whole.db "$PURSER" replay \(folder.path("t.csv")) --format json >\(folder.path("whole.json"))
            """
        let result = try PurserProgram(environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
            .shell("unshare --map-root-user --mount bash -c '\(script)'")
        #expect(result.output.contains("full 3"), "\(result)")
        #expect(result.errors.contains("is full") && result.errors.contains("continue from there"), "\(result.errors)")
        #expect(result.output.contains("doctor 0"), "\(result)")
        #expect(result.output.contains("resumed 0") && result.output.contains("sound 0"), "\(result)")
        let resumed = try String(contentsOfFile: folder.path("resumed.json"), encoding: .utf8)
        let whole = try String(contentsOfFile: folder.path("whole.json"), encoding: .utf8)
        #expect(resumed == whole)
    }

    static var canMount: Bool {
        let script = "unshare --map-root-user --mount mount -t tmpfs tmpfs /mnt"
        return (try? PurserProgram(environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]).shell(script).status) == 0
    }

    @Test("kill -9 during a replay loses no settled call and duplicates none, however often it happens")
    func killed() throws {
        let folder = try TemporaryFolder()
        try TestTrace.write(rows: 3000, to: folder.path("t.csv"))
        let options = ["replay", folder.path("t.csv"), "--no-limits", "--fault", "throttling:0.2"]
        let whole = PurserProgram(store: folder.path("whole.db"))
        _ = try whole.run(options[0], options[1], options[2], options[3], options[4])
        let expected = try content(whole)

        let purser = PurserProgram(store: folder.path("killed.db"))
        var reader: Store?
        let commitsApart = TestScope.isLong ? 15 : 60
        var kills = 0
        var strike = 10
        var settled: Set<String> = []
        while true {
            let watch = try FolderWatch(folder.url)
            let process = try purser.start(options, watch: watch)
            defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
            _ = try watch.wait(forFile: "killed.db-wal") { try sequence(folder.path("killed.db"), &reader) >= strike }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            if process.terminationReason == .exit { break }
            kills += 1
            strike = try sequence(folder.path("killed.db"), &reader) + commitsApart
            let now = try settledRequests(folder.path("killed.db"))
            #expect(settled.isSubset(of: now), "a settled call was lost")
            settled = now
        }
        #expect(kills >= 5)
        _ = try purser.run(options[0], options[1], options[2], options[3], options[4])
        #expect(try content(purser) == expected)
        #expect(try purser.run("doctor").status == 0)
    }

    /// Returns the progress of the replay, read from a store that is opened once; 0 if the store does not exist yet.
    private func sequence(_ path: String, _ reader: inout Store?) throws -> Int {
        if reader == nil, FileManager.default.fileExists(atPath: path) {
            reader = try? Store(path: path, .existing)
        }
        guard let reader, let writer = try? reader.writerNames().first else { return 0 }
        return try reader.progress(ofWriter: writer)?.sequence ?? 0
    }

    private func settledRequests(_ path: String) throws -> Set<String> {
        let store = try Store(path: path, .existing)
        let all = try store.requests(
            .newest,
            from: Timestamp(seconds: 0),
            to: TestTrace.start + 1_000_000,
            limit: 100_000
        )
        return Set(all.filter { $0.settledTime != nil }.map { "\($0)" })
    }

    /// Returns the ledger and some metrics, as the program prints them.
    private func content(_ purser: PurserProgram) throws -> [String] {
        let end = "2026-11-17T00:00:00Z"
        var parts = [
            try purser.run("requests", "--at", end, "--limit", "100000", "--format", "json").output,
            try purser.run("cost", "--month", "2026-11", "--at", end, "--format", "json").output,
        ]
        for name in ["Invocations", "Errors", "Throttles", "Latency", "OutputTokens"] {
            for stat in ["Sum", "SampleCount", "p99"] {
                parts.append(
                    try purser.run(
                        "metrics",
                        "get",
                        "--namespace",
                        "ChatService",
                        "--name",
                        name,
                        "--stat",
                        stat,
                        "--start",
                        "2026-11-16T18:00:00Z",
                        "--end",
                        end
                    ).output
                )
            }
        }
        return parts
    }

    @Test(
        "an hour of production traffic gives its known figures, and adds up exactly",
        .enabled(if: Repository.recordedTraffic != nil, "the recorded trace is not here; set PURSER_TRACE to its path")
    )
    func productionTraffic() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let trace = try #require(Repository.recordedTraffic)
        let result = try purser.run(
            "replay",
            trace,
            "--model",
            "us.amazon.nova-lite-v1:0",
            "--start",
            "2026-11-16T18:00:00Z",
            "--no-limits",
            "--format",
            "json"
        )
        let json = try JSONValue(parsing: result.output)
        #expect(json["requests"]?.integer == 19_366)
        #expect(json["inputTokens"]?.integer == 22_361_870 && json["outputTokens"]?.integer == 4_088_665)
        #expect(json["cost"]?.string == "2.322991800000")
        let cost = try JSONValue(parsing: try purser.run("cost", "--month", "2026-11", "--format", "json").output)
        #expect(cost["total"]?.string == "2.322991800000" && cost["requests"]?.integer == 19_366)
        #expect(cost["rows"]?.array?.compactMap { $0["cost"]?.string } == ["2.322991800000"])
    }
}
