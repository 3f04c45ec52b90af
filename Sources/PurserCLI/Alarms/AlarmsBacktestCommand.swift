import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

extension AlarmsCommand {
    struct BacktestCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backtest",
            abstract: "Shows what alarms would have done over the recorded past.",
            discussion: """
                Evaluates every recorded minute. --set changes a key of the alarm for this run only, to try another \
                threshold before it pages anyone.
                """
        )

        @OptionGroup var global: GlobalOptions
        @OptionGroup var drawing: DrawingOptions
        @OptionGroup var output: OutputOptions

        @Argument(help: "Only this alarm.", completion: NameCompletion.alarms)
        var name: String?

        @Option(
            name: .long,
            help: .init("How far back: 90d, 12h; default: 30d.", valueName: "duration"),
            transform: DurationArgument.read
        )
        var since = ClockDuration(seconds: 30 * 86_400)

        @OptionGroup var asOf: AsOfOption

        @Option(
            name: .customLong("set"),
            help: .init("KEY=VALUE in the alarm's file, such as Threshold=3; may be repeated.", valueName: "key=value")
        )
        var changes: [String] = []

        func validate() throws {
            if !changes.isEmpty, name == nil { throw ValidationError("--set needs the name of one alarm") }
            guard since.seconds <= Backtest.longestSeconds else {
                throw ValidationError("--since must be at most five years")
            }
        }

        func run() throws {
            try reporting {
                let session = Session(global)
                let rules = try session.rules()
                var alarms = rules.alarms
                if let name {
                    let alarm = try session.alarm(name, in: rules)
                    if !changes.isEmpty {
                        let changed = try asUsage { try alarm.changed(try changes.map(Self.change)) }
                        alarms = alarms.map { $0.name == name ? changed : $0 }
                    }
                }
                let store = try session.store(.existing)
                let to = asOf.time
                let names = name.map { [$0] } ?? alarms.map(\.name)
                let progress = ProgressLine(total: names.count, unit: "alarms")
                let backtest = try Backtest.run(
                    try session.reader(store),
                    alarms,
                    names: names,
                    from: to - since.seconds,
                    to: to,
                    home: session.home,
                    progress: progress.show
                )
                progress.end()
                output.show(AlarmJSON.backtest(backtest)) {
                    if DrawingOptions.isTerminal { show("BACKTEST from \(backtest.from) to \(backtest.to)\n\n") }
                    drawing.show(AlarmText.backtest(backtest), session.environment, ifEmpty: "no alarms")
                    for result in backtest.results {
                        guard let exact = result.exactFrom else { continue }
                        say(
                            "purser: \(result.name): exact only from \(exact); older data is coarser than the alarm needs"
                        )
                    }
                }
            }
        }

        private static func change(_ text: String) throws -> (key: String, value: String) {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw UsageError("--set takes KEY=VALUE, not `\(text)`")
            }
            let key = String(text[..<equals])
            guard key != "AlarmName" else { throw UsageError("--set cannot rename an alarm") }
            return (key, String(text[text.index(after: equals)...]))
        }
    }
}
