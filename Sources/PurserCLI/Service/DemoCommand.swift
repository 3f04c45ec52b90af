import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Simulates a day or more of traffic with an incident, and shows what Purser makes of it.",
        discussion: """
            Without --store, it creates its own store, new each time, and leaves the default store alone.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: .init("The same seed produces the same traffic.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(name: .long, help: .init("Full days of traffic, 1 to 30.", valueName: "number"))
    var days = 1

    @Option(
        name: .long,
        parsing: .unconditional,
        help: .init("The time at which the simulated traffic ends.", valueName: "time"),
        transform: TimeArgument.read
    )
    var at: TimeArgument?

    func validate() throws {
        if !(1...30).contains(days) { throw ValidationError("--days takes 1 to 30") }
    }

    func run() throws {
        try reporting {
            let session = Session(global)
            let path = try newStorePath(session)
            // A wrong setting is reported before any work.
            _ = try session.chatConfiguration()
            let store = try Store(path: path, .creating)
            let demonstration = Demonstration(seed: seed, days: days, end: at?.time(now: .now) ?? .now)
            showText(TrafficText.demonstrationBegins(demonstration))
            let progress = ProgressLine(unit: "requests")
            let tally = try demonstration.run(in: store, prices: try session.priceBook()) { done, total in
                progress.show(done, of: total)
            }
            progress.end()
            showText(TrafficText.demonstration(demonstration, tally))
            let reader = try session.reader(store)
            let rules = try session.rules()
            let (alarms, budget) = (rules.watched, rules.budget)
            let evaluator = Evaluator(reader: reader, alarms: alarms, budget: budget)
            let minutes = ProgressLine(unit: "minutes evaluated")
            let run = try demonstration.evaluation(by: evaluator, ran: .now) { minutes.show($0, of: $1) }
            minutes.end()
            let evaluation = run.map {
                EvaluationReport(run: $0, delivery: DeliveryReport(), unreadable: rules.notWatched)
            }
            if let evaluation { showText(evaluation.text + "\n") }
            let style = drawing.style(session.environment)
            var frame = try DashBuilder(reader: reader, alarms: alarms, budget: budget).frame(
                from: demonstration.end - 3 * 3600,
                to: demonstration.end,
                at: demonstration.end,
                region: session.environment["AWS_REGION"]
            )
            frame.unreadable = rules.notWatched
            showText(DashText.render(frame, style: style, compact: false) + "\n")
            let report = try CostReport(
                CalendarMonth(containing: demonstration.end),
                asOf: demonstration.end,
                by: [.team, .model],
                from: reader,
                budget: budget?.limit
            )
            showText(CostText.render(report, style: style))
            session.rollUpAll(store, from: demonstration.start, to: demonstration.end)
            output.show(TrafficJSON.demonstration(demonstration, store: path, tally, evaluation, frame, report)) {
                show(TrafficText.demonstrationEnds(demonstration, store: path))
            }
        }
    }

    /// Writes a part of the text as soon as it is known; JSON is written in one piece at the end.
    private func showText(_ text: @autoclosure () -> String) {
        if output.format == .text { show(text()) }
    }

    /// Returns the path of a store that does not exist yet or is empty: simulated spending must not be mixed with real
    /// spending.
    private func newStorePath(_ session: Session) throws -> String {
        let files = FileManager.default
        if let named = session.namedStorePath {
            guard try !files.fileExists(atPath: named) || isEmpty(Store(path: named, .existing)) else {
                throw UsageError(
                    "\(named) exists; the demo writes only to a new or an empty store; without one, it has a store of its own"
                )
            }
            return named
        }
        let path = session.stateFolder + "/demo.db"
        for suffix in Store.fileSuffixes where files.fileExists(atPath: path + suffix) {
            try files.removeItem(atPath: path + suffix)
        }
        return path
    }

    /// Returns whether a store has no metric, no call and no evaluation.
    private func isEmpty(_ store: Store) throws -> Bool {
        try !store.hasData() && store.lastEvaluation() == nil
    }
}
