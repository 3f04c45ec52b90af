import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

extension AlarmsCommand {
    struct BacktestCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backtest",
            abstract: "Tells what alarms would have done over the recorded past.",
            discussion: """
                Runs the evaluation of every minute over history. --set changes a key of the alarm for this run alone, so that \
                another threshold can be tried before it pages anybody.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Only this alarm.")
        var name: String?

        @Option(name: .long, help: "How far back: 90d, 12h.")
        var since = DurationArgument(seconds: 30 * 86_400)

        @Option(name: .long, parsing: .unconditional, help: "The moment that is taken for now.")
        var at: TimeArgument?

        @Option(name: .customLong("set"), help: "KEY=VALUE of the alarm's file, such as Threshold=3; may be repeated.")
        var changes: [String] = []

        func validate() throws {
            if !changes.isEmpty, name == nil { throw ValidationError("--set needs the name of one alarm") }
            guard since.seconds <= Backtest.longestSeconds else {
                throw ValidationError("--since takes at most five years")
            }
        }

        func run() throws {
            try reporting {
                let session = Session(global)
                var alarms = try session.rules().alarms
                if let name {
                    let alarm = try session.alarm(name, in: alarms)
                    if !changes.isEmpty {
                        let changed = try alarm.changed(changes)
                        alarms = alarms.map { $0.name == name ? changed : $0 }
                    }
                }
                let store = try session.store(.existing)
                let to = at?.time(now: .now) ?? .now
                let backtest = try Backtest.run(
                    try session.reader(store),
                    alarms,
                    names: name.map { [$0] } ?? alarms.map(\.name),
                    from: to - since.seconds,
                    to: to,
                    home: session.home
                )
                switch output.format {
                case .json: show(backtest.json)
                case .text:
                    show(backtest.text(drawing.style(session.environment), piped: !DrawingOptions.isTerminal))
                    for result in backtest.results {
                        guard let exact = result.exactFrom else { continue }
                        say(
                            "purser: \(result.name): exact from \(exact) on; older data is coarser than the alarm's minutes"
                        )
                    }
                }
            }
        }
    }
}

extension AlarmDefinition {
    /// The alarm with keys of its file changed: `Threshold=3`. A value is JSON, or else text.
    fileprivate func changed(_ changes: [String]) throws -> AlarmDefinition {
        var members = try JSONValue(parsing: canonicalJSON).members ?? []
        for change in changes {
            guard let equals = change.firstIndex(of: "="), equals > change.startIndex else {
                throw UsageError("--set takes KEY=VALUE, not `\(change)`")
            }
            let (key, text) = (String(change[..<equals]), String(change[change.index(after: equals)...]))
            guard key != "AlarmName" else { throw UsageError("--set cannot rename an alarm") }
            members.removeAll { $0.key == key }
            members.append(.init(key, (try? JSONValue(parsing: text)) ?? .string(text)))
        }
        let result = AlarmDefinition.read(json: JSONValue.object(members).text(), file: "--set")
        guard let definition = result.definition else { throw Diagnostics(result.diagnostics) }
        return definition
    }
}

extension Backtest {
    fileprivate func text(_ style: TerminalStyle, piped: Bool) -> String {
        var table = TextTable([
            .init("ALARM"), .init("FIRED", .trailing), .init("MINUTES IN ALARM", .trailing),
            .init("PAGES A WEEK", .trailing), .init("LAST FIRED"),
        ])
        for result in results {
            let last = result.transitions.last { $0.newState == .alarm }
            table.rows.append([
                result.name, String(result.fired), Self.decimal(result.minutesInAlarm),
                Self.decimal(Double(result.pages) / weeks), last?.time.iso8601() ?? "never",
            ])
        }
        let heading = piped ? "" : "BACKTEST from \(from) to \(to)\n\n"
        return heading + table.text(style: style, piped: piped)
    }

    private static func decimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    fileprivate var json: JSONValue {
        let rows = results.map { result -> JSONValue in
            [
                "name": .string(result.name),
                "fired": .integer(result.fired),
                "minutesInAlarm": .number(result.minutesInAlarm),
                "pages": .integer(result.pages),
                "pagesPerWeek": .number(Double(result.pages) / weeks),
                "exactFrom": JSONValue(result.exactFrom?.iso8601()),
                "changes": .array(
                    result.transitions.map { change in
                        [
                            "time": .string(change.time.iso8601()), "oldState": .string(change.oldState.rawValue),
                            "newState": .string(change.newState.rawValue), "stateReason": .string(change.reason),
                        ]
                    }
                ),
            ]
        }
        return JSONValue(
            schema: "purser.alarms-backtest/1",
            ["from": .string(from.iso8601()), "to": .string(to.iso8601()), "alarms": .array(rows)]
        )
    }
}
