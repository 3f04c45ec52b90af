import Foundation
import PurserCore
import PurserStore
import TestSupport
import Testing

/// Runs the commands that the documents show.
@Suite(.blocking, .startsPrograms) struct DocumentationTests {
    /// A command of a document: a line of a fenced `sh` block that begins with `purser`, with its continuation lines.
    struct Command {
        var place: String
        var text: String
    }

    private static var commandLine: Regex<(Substring, Substring?)> { #/^(\w+=\S+ |printf .*\| |cat .*\| )?purser /# }

    static func commands(in path: String) throws -> [Command] {
        var commands: [Command] = []
        var isInside = false
        var isContinued = false
        let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                isInside = line == "```sh"
                isContinued = false
            } else if isInside, isContinued, !commands.isEmpty {
                commands[commands.count - 1].text += "\n" + line
                isContinued = line.hasSuffix("\\")
            } else if isInside, line.contains(Self.commandLine) {
                commands.append(Command(place: "\(path):\(number + 1)", text: String(line)))
                isContinued = line.hasSuffix("\\")
            }
        }
        return commands
    }

    static var documents: [String] {
        let docs =
            FileManager.default.enumerator(atPath: Repository.root.appendingPathComponent("docs").path)?
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".md") }.map { "docs/" + $0 } ?? []
        return ["README.md"] + docs.sorted()
    }

    @Test("every command in every document works on a store of the demonstration")
    func everyCommand() throws {
        let folder = try TemporaryFolder()
        let state = folder.path("state")
        let bin = URL(fileURLWithPath: PurserProgram.path).deletingLastPathComponent().path
        let purser = PurserProgram(environment: [
            "XDG_STATE_HOME": state, "PATH": bin + ":/usr/bin:/bin",
            "PURSERD_KEYS_SECRET": String(repeating: "ab", count: 32),
        ])
        try TestTrace.write(rows: 50, to: folder.path("traffic.csv"))
        try FileManager.default.createDirectory(atPath: folder.path("docs/chat"), withIntermediateDirectories: true)
        try Repository.text("docs/chat/traffic.csv")
            .write(toFile: folder.path("docs/chat/traffic.csv"), atomically: true, encoding: .utf8)
        let now = ISO8601DateFormatter().string(from: Date())
        try """
        {"Namespace":"MyService","MetricData":[{"MetricName":"Jobs","Value":3,"Unit":"Count","Timestamp":"\(now)"}]}
        {"Namespace":"MyService","MetricData":[{"MetricName":"JobTime","Values":[0.2,1.5],"Counts":[4,1],"Unit":"Seconds"}]}
        """.write(toFile: folder.path("put.jsonl"), atomically: true, encoding: .utf8)
        let milliseconds = Int(Date().timeIntervalSince1970) * 1000
        try """
        {"_aws":{"Timestamp":\(milliseconds),"CloudWatchMetrics":[{"Namespace":"A","Metrics":[{"Name":"M"}]}]},"M":1}

        """.write(toFile: folder.path("app.log"), atomically: true, encoding: .utf8)
        for (index, name) in ["cur-2026-10-00001.csv.gz", "cur-2026-10-00002.csv.gz", "focus.csv.gz"].enumerated() {
            let line = TestBill.Line("USE1-NovaLite-input-tokens", "\(index + 1)", "0.00006")
            try TestBill.csv([line], index == 2 ? .focus : .cur2)
                .write(toFile: folder.path(name), atomically: true, encoding: .utf8)
        }
        try "up 1\n# EOF\n".write(toFile: folder.path("scrape.txt"), atomically: true, encoding: .utf8)
        try "{\"resourceMetrics\":[]}\n"
            .write(toFile: folder.path("metrics.jsonl"), atomically: true, encoding: .utf8)
        try """
        {"schemaType":"ModelInvocationLog","timestamp":"2026-11-24T09:00:00Z","requestId":"r","modelId":"us.amazon.nova-lite-v1:0",\
        "input":{"inputTokenCount":10},"output":{"outputTokenCount":20}}

        """.write(toFile: folder.path("calls.jsonl"), atomically: true, encoding: .utf8)
        // The demonstration's own store is there too, for `purser demo` to replace.
        try Demonstrations.first.copy(to: folder)
        for suffix in Store.fileSuffixes {
            let paths = ["demo.db", "purser.db"].map { state + "/purser/" + $0 + suffix }
            guard FileManager.default.fileExists(atPath: paths[0]) else { continue }
            try FileManager.default.copyItem(atPath: paths[0], toPath: paths[1])
        }
        let commands = try Self.documents.flatMap(Self.commands)
        #expect(commands.count >= 20)
        // A command that several documents show is run once.
        var known: Set<String> = []
        for command in commands where known.insert(command.text).inserted {
            let result = try purser.shell("cd '\(folder.url.path)' && \(command.text)")
            #expect((0...2).contains(result.status), "\(command.place): \(command.text)\n\(result.errors)")
        }
        // Each demonstration replaced the store.
        #expect(try Store(path: state + "/purser/demo.db", .existing).writerNames().count == 1)
    }

    @Test("docs/cli.md has a section for every command")
    func everyCommandIsDocumented() throws {
        let text = try Repository.text("docs/cli.md")
        let help = try PurserProgram().run("--help").output
        let list = help.split(separator: "SUBCOMMANDS:")[1].split(separator: "\n")
        let names = list.compactMap { $0.firstMatch(of: /^  ([a-z][a-z-]*)(\s|$)/).map { String($0.1) } }
        #expect(names.count >= 12)
        for name in names {
            #expect(text.contains("purser \(name)"), "docs/cli.md does not mention `purser \(name)`")
        }
    }
}

@Suite(.blocking, .startsPrograms) struct CommandLineTests {
    @Test("global options may precede the command")
    func globalOptions() throws {
        let folder = try TemporaryFolder()
        let store = folder.path("purser.db")
        try TestTrace.write(rows: 5, to: folder.path("t.csv"))
        let purser = PurserProgram()
        #expect(try purser.run("--store", store, "replay", folder.path("t.csv")).status == 0)
        #expect(try purser.run("--store=" + store, "metrics", "list").output.contains("Latency"))
        #expect(try purser.run("metrics", "list", "--store", store).output.contains("Latency"))
    }

    @Test("a result that cannot be written is reported and exits with 3; a closed pipe ends the program quietly")
    func output() throws {
        let purser = PurserProgram()
        let full = try purser.shell("\"$PURSER\" prices list > /dev/full")
        #expect(full.status == 3 && full.errors.contains("could not be written"))
        let closed = try purser.shell("\"$PURSER\" prices list | head -1")
        #expect(closed.status == 0 && closed.errors.isEmpty)
    }

    @Test(
        "a usage error exits with 64",
        arguments: [
            ["frob"], ["dash", "--width", "5"], ["cost", "--by", "colour"], ["cost", "--month", "May"],
            ["init", "''"], ["alarms", "ack", "error-rate", "--note", "$'a\\nb'"],
            ["alarms", "set-state", "error-rate", "ALARM", "--reason", "$'a\\nb'"],
        ]
    )
    func wrongUsage(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let script = (["\"$PURSER\""] + arguments).joined(separator: " ")
        #expect(try PurserProgram(store: folder.path("purser.db")).shell(script).status == 64)
    }

    @Test(
        "absurd numbers and times are refused, and stored data can be read back",
        arguments: [
            "dash --since 100000000w", "dash --at 9999-01-01", "dash --at 0000-01-01", "evaluate --at 2300-01-01",
            "metrics get --namespace A --name B --period 9223372036854775800", "requests --since 9223372036854775807w",
            "replay /dev/null --start -100000000w",
        ]
    )
    func absurdArguments(arguments: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let result = try PurserProgram(store: folder.path("purser.db")).shell("\"$PURSER\" \(arguments)")
        #expect(result.status == 64, "\(result)")
    }

    @Test("hostile datapoints neither crash the program nor spoil the datapoints next to them")
    func hostileDatapoints() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let many = Array(repeating: "9.2e18", count: 150).joined(separator: ",")
        let counts = Array(repeating: "1000000000", count: 150).joined(separator: ",")
        let input = """
            {"Namespace":"A","MetricData":[{"MetricName":"M","Values":[\(many)],"Counts":[\(counts)]}]}
            {"Namespace":"A","MetricData":[{"MetricName":"N","Values":[9e18,0.5],"Counts":[10,1]}]}
            {"Namespace":"A","MetricData":[{"MetricName":"a\\u0000b","Value":1}]}
            {"Namespace":"A","MetricData":[{"MetricName":"O","Value":1}]}
            """
        let put = try purser.run("metrics", "put", input: input)
        #expect(put.status == 3 && put.errors.contains("without control characters"), "\(put.errors)")
        for (name, stat) in [("M", "p99"), ("N", "Sum"), ("O", "Sum")] {
            let get = try purser.run(
                "metrics",
                "get",
                "--namespace",
                "A",
                "--name",
                name,
                "--stat",
                stat,
                "--start",
                "-1h"
            )
            #expect(get.status == 0 && get.output.contains("Complete"), "\(get)")
        }
        #expect(try purser.run("doctor").status == 0)
        let environment = PurserProgram(
            store: folder.path("b.db"),
            environment: ["PURSERD_RATE_BURST": "9223372036854775807"]
        )
        try TestTrace.write(rows: 2, to: folder.path("t.csv"))
        #expect(try environment.run("replay", folder.path("t.csv")).errors.contains("PURSERD_RATE_BURST"))
    }

    @Test("an evaluation at a future time silences nothing")
    func futureEvaluation() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        try TestTrace.write(rows: 5, to: folder.path("t.csv"))
        _ = try purser.run("replay", folder.path("t.csv"))
        _ = try purser.run("evaluate", "--at", "2150-01-01")
        let next = try purser.run("evaluate")
        #expect(next.output.hasPrefix("EVALUATED") && next.errors.contains("in the future"), "\(next)")
        #expect(try purser.run("evaluate", "--quiet").errors.isEmpty)
    }

    @Test("init writes files that every command accepts, and keeps edited files")
    func initialisation() throws {
        let folder = try TemporaryFolder()
        let purser = PurserProgram(store: folder.path("purser.db"))
        let target = folder.path("conf")
        #expect(try purser.run("init", target).status == 0)
        try TestTrace.write(rows: 5, to: folder.path("t.csv"))
        _ = try purser.run("replay", folder.path("t.csv"), "--prices", target + "/prices/bedrock.csv")
        let evaluation = try purser.run("evaluate", "--alarms", target + "/alarms", "--at", "2026-11-16T18:10:00Z")
        #expect(evaluation.status == 0 && evaluation.output.contains("latency-p99"), "\(evaluation)")
        let edited = target + "/alarms/latency-p99.json"
        let text = try String(contentsOfFile: edited, encoding: .utf8).replacingOccurrences(
            of: "Threshold",
            with: "Treshold"
        )
        try text.write(toFile: edited, atomically: true, encoding: .utf8)
        #expect(try purser.run("init", target).output.contains("kept     " + edited))
        let typo = try purser.run("evaluate", "--alarms", target + "/alarms")
        #expect(typo.status == 3 && typo.errors.contains("latency-p99.json: latency-p99: Treshold"), "\(typo.errors)")
    }

    @Test("the README's picture of a terminal is what purser dash prints")
    func picture() throws {
        let folder = try Demonstrations.first.copy()
        let purser = PurserProgram(store: folder.path("state/purser/demo.db"))
        try #require(try purser.run("mark", "v1.2", "--at", "2026-11-24T10:29:00Z").status == 0)
        let frame = try purser.run(
            "dash",
            "--at",
            "2026-11-24T10:50:00Z",
            "--width",
            "100",
            "--symbols",
            "utf8",
            "--color",
            "never"
        ).output
        let picture = try Repository.text("docs/pictures/dash.svg")
        let rows = picture.split(separator: "\n").filter { $0.hasPrefix("<text") }.map { row -> String in
            String(row).replacing(/<[^>]*>/, with: "").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                .replacing("&amp;", with: "&")
        }
        #expect(rows == frame.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init))
    }

    @Test("the demonstration says that it is simulated, shows an alarm that recovered, and leaves real stores alone")
    func demonstration() throws {
        let text = try Demonstrations.first.text(of: "demo.txt")
        #expect(text.hasPrefix("SIMULATED"))
        #expect(text.contains("ALARM error-rate OK->ALARM") && text.contains("OK error-rate ALARM->OK"))
        #expect(text.contains("COST REPORT") && text.contains("LATENCY"))
        let json = try JSONValue(parsing: try Demonstrations.json.text(of: "demo.json"))
        #expect(text.contains("\(try #require(json["requests"]?.integer)) requests"))
        let folders = [try Demonstrations.first.copy(), try Demonstrations.json.copy()]
        let paths = [folders[0].path("state/purser/demo.db"), folders[1].path("purser.db")]
        let named = try PurserProgram(store: paths[0]).run("demo")
        #expect(named.status == 64 && named.errors.contains("only to a new or an empty store"))
        // A second demonstration with the same seed and time is identical, down to the last call and character.
        let ledgers = try paths.map { path in
            try Store(path: path, .existing)
                .requests(.newest, from: Timestamp(seconds: 0), to: Demonstrations.end, limit: 100_000)
        }
        #expect(ledgers[0].count > 5000 && ledgers[0] == ledgers[1])
        let end = Demonstrations.end.iso8601()
        for command in [["alarms", "history"], ["dash", "--at", end], ["cost", "--at", end]] {
            let printed = try paths.map { try PurserProgram(store: $0).run(command) }
            #expect(printed[0].output == printed[1].output && !printed[0].output.isEmpty, "\(command)")
        }
    }
}
