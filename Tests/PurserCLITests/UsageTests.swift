import Foundation
import PurserCore
import TestSupport
import Testing

/// Rules that hold for every command of `purser`, checked on each.
@Suite(.blocking, .startsPrograms) struct UsageTests {
    /// The options whose value is a time, and those whose value is a duration.
    private static let times: Set = ["--at", "--from", "--to", "--start", "--end"]
    private static let durations: Set = ["--since", "--for", "--remind"]
    /// `--from` and `--to` also name formats.
    private static let formats: Set = ["metrics import --from", "alarms export --to"]

    private static func withStore(_ body: (PurserProgram) throws -> Void) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        try body(PurserProgram(store: folder.path("purser.db")))
    }

    @Test("every option that takes a time or a duration names the forms when it gets another")
    func timesAndDurations() throws {
        try Self.withStore { purser in
            var tried = 0
            for command in try ToolInfo().commands {
                for flag in command.options.compactMap(\.flag) where !Self.formats.contains("\(command.name) \(flag)") {
                    guard Self.times.contains(flag) || Self.durations.contains(flag) else { continue }
                    let form = Self.times.contains(flag) ? "2026-11-24T10:52Z, 10:52, -3h, yesterday 14:00" : "3h, 7d"
                    let result = try purser.run(command.words + [flag, "24/11/2026"])
                    #expect(result.status == 64 && result.errors.contains(form), "\(command.name) \(flag): \(result)")
                    tried += 1
                }
            }
            #expect(tried >= 25)
        }
    }

    @Test("every command refuses unknown options, empty arguments and control characters")
    func malformedArguments() throws {
        try Self.withStore { purser in
            let commands = try ToolInfo().commands
            #expect(commands.count > 30)
            for command in commands {
                let unknown = try purser.run(command.words + ["--frob"])
                #expect(unknown.status == 64, "\(command.name): \(unknown)")
                guard let flag = command.options.compactMap(\.flag).first else { continue }
                for arguments in [[flag, ""], [flag + "="]] {
                    let result = try purser.run(command.words + arguments)
                    #expect(result.status == 64 && result.errors.contains("is empty"), "\(command.name): \(result)")
                }
                let escape = try purser.run(command.words + [flag, "a\u{1B}[31mb"])
                #expect(
                    escape.status == 64 && escape.errors.contains("control characters"),
                    "\(command.name): \(escape)"
                )
                #expect(!escape.errors.contains("\u{1B}"))
            }
        }
    }

    @Test("a limit of rows is a number from 1 on")
    func limits() throws {
        try Self.withStore { purser in
            var tried = 0
            for command in try ToolInfo().commands where command.options.contains(where: { $0.flag == "--limit" }) {
                for limit in ["0", "-1", "x", "100001"] {
                    let result = try purser.run(command.words + ["--limit=" + limit])
                    #expect(result.status == 64 && result.errors.contains("1 to 100000"), "\(command.name): \(result)")
                }
                tried += 1
            }
            #expect(tried >= 4)
        }
    }

    @Test(
        "a value that an option does not allow ends with 64",
        arguments: [
            "alarms backtest error-rate --set Treshold=3", "alarms backtest error-rate --set Period=abc",
            "metrics retention --keep 1m=1x", "metrics retention --keep 1x=1d", "metrics get --dimension A=B",
            "metrics get --start now", "metrics get --namespace A --name B --dimension =C", "dash --width 5",
            "dash --parameter x", "requests --since 3", "budget set 5x", "budget set --user a --team b 5",
            "keys create --team t --budget much", "restore x --spent much", "prices list --frob",
            "metrics list --dimension =x", "alarms set-state error-rate BAD", "demo --days 0",
            "replay --team \(String(repeating: "x", count: 257)) t.csv", "cost --month 2026-13", "cost --by colour",
            "evaluate --ping gopher://x", "deadletters redrive", "deadletters forward",
        ]
    )
    func values(arguments: String) throws {
        try Self.withStore { purser in
            let result = try purser.run(arguments.split(separator: " ").map(String.init))
            #expect(result.status == 64 && result.output.isEmpty, "\(result)")
        }
    }

    @Test(
        "a setting that has a wrong value ends with 64, and the message names the variable",
        arguments: [
            ("dash", "PURSERD_QUOTA"), ("evaluate", "PURSERD_QUOTA"), ("evaluate", "PURSER_REMIND"),
            ("metrics list", "PURSERD_QUOTA"), ("budget show", "PURSERD_BUDGET_USD"), ("evaluate", "PURSER_PING"),
            ("keys create --team t", "PURSERD_KEYS_SECRET"), ("deadletters forward", "PURSERD_DEADLETTER_QUEUE_URL"),
            ("demo --store {folder}/new.db", "PURSERD_QUOTA"),
        ]
    )
    func settings(command: String, variable: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let purser = PurserProgram(store: folder.path("purser.db"), environment: [variable: "x"])
        let arguments = command.split(separator: " ").map { $0.replacing("{folder}", with: folder.url.path) }
        let result = try purser.run(arguments.map(String.init))
        #expect(result.status == 64 && result.errors.contains(variable), "\(result)")
    }

    @Test("every command that needs the store ends with 3 if there is none, and every other one does not need it")
    func missingStore() throws {
        let without: Set = [
            "prices list", "prices lint", "cost estimate", "metrics explain", "alarms lint", "alarms test",
            "alarms runbook",
        ]
        // Below a file there can be no folder, even for root.
        let missing = "/dev/null/purser.db"
        var tried: Set<String> = []
        for command in JSONCommand.all where command.name != "init" && tried.insert(command.name).inserted {
            let arguments = command.arguments.map { $0.replacing("{folder}", with: "/dev/null") }
            let purser = PurserProgram(
                environment: ["PURSERD_KEYS_SECRET": String(repeating: "ab", count: 32), "AWS_REGION": "eu-central-1"]
                    .merging(command.environment) { $1 }
            )
            let result = try purser.run(
                command.name.split(separator: " ").map(String.init) + arguments + ["--store", missing],
                input: command.input
            )
            #expect(result.status == (without.contains(command.name) ? 0 : 3), "\(command.name): \(result)")
            if result.status == 3 { #expect(result.errors.contains("/dev/null"), "\(command.name): \(result)") }
        }
    }

    @Test("a list without rows writes nothing to stdout, and says so on stderr")
    func emptyLists() throws {
        let folder = try TemporaryFolder()
        _ = try folder.store()
        let alarms = folder.path("alarms")
        try FileManager.default.createDirectory(atPath: alarms, withIntermediateDirectories: true)
        let purser = PurserProgram(store: folder.path("purser.db"), environment: ["PURSER_ALARMS": alarms])
        let lists =
            try ToolInfo().commands.map(\.name).filter { $0.hasSuffix(" list") } + [
                "alarms history", "alarms backtest", "requests", "requests --failed",
                "metrics export --format prometheus",
                "metrics export --format emf", "alarms export --to put-metric-alarm",
            ]
        #expect(lists.count >= 12)
        // The shipped prices are never empty, and neither are the metrics that are derived from the ledger.
        let filters = ["prices list": ["zzz"], "metrics list": ["--namespace", "Nope"]]
        for list in lists {
            let words = list.split(separator: " ").map(String.init)
            let result = try purser.run(words + (filters[list] ?? []))
            #expect(result.status == 0 && result.output.isEmpty && !result.errors.isEmpty, "\(list): \(result)")
        }
    }

    @Test("a redrive of no letter is no error, whatever the settings of the model")
    func redriveOfNothing() throws {
        try Self.withStore { purser in
            let result = try purser.run("deadletters", "redrive", "--all")
            #expect(result == .init(status: 0, output: "", errors: "no letters\n"))
            let json = try purser.run("deadletters", "redrive", "--all", "--format", "json")
            #expect(try JSONValue(parsing: json.output)["letters"]?.array?.isEmpty == true)
        }
    }
}
