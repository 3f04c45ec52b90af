import ArgumentParser
import Foundation
import Purser
import PurserCore
import PurserRender
import PurserStore

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Simulates a day and more of traffic with an incident, and shows what Purser makes of it.",
        discussion: """
            Without --store it writes a store of its own, new each time, and leaves the default store alone.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions

    @Option(name: .long, help: "The same seed makes the same traffic.")
    var seed: UInt64 = 1

    @Option(name: .long, help: "Full days of traffic, 1 to 30.")
    var days = 1

    @Option(name: .long, parsing: .unconditional, help: "The moment at which the simulated traffic ends.")
    var at: TimeArgument?

    func validate() throws {
        if !(1...30).contains(days) { throw ValidationError("--days takes 1 to 30") }
    }

    func run() throws {
        try reporting {
            let session = Session(global)
            let path = try newStorePath(session)
            let store = try Store(path: path, .creating)
            let demonstration = Demonstration(seed: seed, days: days, end: at?.time(now: .now) ?? .now)
            show(
                "SIMULATED: \(days) day\(days == 1 ? "" : "s") of made-up traffic, answered by the embedded model; no call was made."
            )
            let progress = ProgressLine(unit: "requests")
            let tally = try demonstration.run(
                in: store,
                prices: try session.prices(),
                progress: progress.show
            )
            progress.end()
            show(
                "\(tally.requests) requests: \(tally.answered) answered, \(tally.failed) failed, \(tally.refusedTotal) refused;"
                    + " an incident from \(demonstration.incident.lowerBound) to \(demonstration.incident.upperBound)\n"
            )
            let reader = try session.reader(store)
            let (alarms, budget) = try session.rules()
            try showEvaluation(demonstration, Evaluator(reader: reader, alarms: alarms, budget: budget))
            let style = drawing.style(session.environment)
            let window = DashFrame.Window(last: 3 * 3600, at: demonstration.end)
            let frame = try DashBuilder(reader: reader, alarms: alarms, budget: budget)
                .frame(window, at: demonstration.end, region: session.environment["AWS_REGION"])
            show(DashText.render(frame, style: style, compact: false) + "\n")
            let report = try CostReport(
                CalendarMonth(containing: demonstration.end),
                asOf: demonstration.end,
                by: [.team, .model],
                from: store,
                budget: budget?.limit,
                prices: try session.prices()
            )
            show(CostText.render(report, style: style))
            session.rollUp(store)
            let quoted = ShellWord.quoted(path)
            show(
                "\nThe simulated store: \(path)\nnext: purser --store \(quoted) dash --at \(demonstration.incident.upperBound)"
                    + "   # the incident"
            )
        }
    }

    /// A store that does not exist yet: simulated spending must not stand among real.
    private func newStorePath(_ session: Session) throws -> String {
        let files = FileManager.default
        if let named = session.namedStorePath {
            guard !files.fileExists(atPath: named) else {
                throw UsageError("\(named) exists; the demo writes only to a new store")
            }
            return named
        }
        let path = session.stateFolder + "/demo.db"
        for suffix in Store.fileSuffixes where files.fileExists(atPath: path + suffix) {
            try files.removeItem(atPath: path + suffix)
        }
        return path
    }

    /// Evaluates as cron would have done: from the start of the traffic on, every minute.
    private func showEvaluation(_ demonstration: Demonstration, _ evaluator: Evaluator) throws {
        var changes: [AlarmChange] = []
        var last: EvaluationRun?
        var steps = 1
        var at = demonstration.start + 60
        while true {
            guard let run = try evaluator.run(at: at, ran: .now) else { break }
            changes += run.changes
            if case .continued(let more) = run.kind { steps += more }
            last = run
            if at == demonstration.end { break }
            at = min(at + 12 * 3600, demonstration.end)
        }
        guard var run = last else { return }
        run.changes = changes
        run.kind = .continued(steps: steps)
        show(EvaluationReport(run: run, delivery: DeliveryReport()).text + "\n")
    }
}
