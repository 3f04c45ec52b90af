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
    @OptionGroup var output: OutputOptions

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
            showText(
                "SIMULATED: \(days) day\(days == 1 ? "" : "s") of made-up traffic, answered by the embedded model; no call was made."
            )
            let progress = ProgressLine(unit: "requests")
            let tally = try demonstration.run(
                in: store,
                prices: try session.prices(),
                progress: progress.show
            )
            progress.end()
            showText(
                "\(tally.requests) requests: \(tally.answered) answered, \(tally.failed) failed, \(tally.refusedTotal) refused;"
                    + " an incident from \(demonstration.incident.lowerBound) to \(demonstration.incident.upperBound)\n"
            )
            let reader = try session.reader(store)
            let (alarms, budget) = try session.rules()
            let evaluation = try evaluation(demonstration, Evaluator(reader: reader, alarms: alarms, budget: budget))
            if let evaluation { showText(evaluation.text + "\n") }
            let style = drawing.style(session.environment)
            let window = DashFrame.Window(last: 3 * 3600, at: demonstration.end)
            let frame = try DashBuilder(reader: reader, alarms: alarms, budget: budget)
                .frame(window, at: demonstration.end, region: session.environment["AWS_REGION"])
            showText(DashText.render(frame, style: style, compact: false) + "\n")
            let report = try CostReport(
                CalendarMonth(containing: demonstration.end),
                asOf: demonstration.end,
                by: [.team, .model],
                from: store,
                budget: budget?.limit,
                prices: try session.prices()
            )
            showText(CostText.render(report, style: style))
            session.rollUp(store)
            output.show(json(demonstration, path, tally, evaluation, frame, report)) {
                let quoted = ShellWord.quoted(path)
                show(
                    "\nThe simulated store: \(path)\nnext: purser --store \(quoted) dash --at \(demonstration.incident.upperBound)"
                        + "   # the incident"
                )
            }
        }
    }

    /// Writes a part of the text as soon as it is known; JSON is written whole at the end.
    private func showText(_ text: @autoclosure () -> String) {
        if output.format == .text { show(text()) }
    }

    private func json(
        _ demonstration: Demonstration,
        _ path: String,
        _ tally: TrafficTally,
        _ evaluation: EvaluationReport?,
        _ frame: DashFrame,
        _ report: CostReport
    ) -> JSONValue {
        let setting: [JSONValue.Member] = [
            .init("simulated", true),
            .init("store", .string(path)),
            // As text, because a seed has 64 bits and many readers of JSON keep 53 of a number.
            .init("seed", .string(String(seed))),
            .init("days", .integer(days)),
            .init("from", .string(demonstration.start.iso8601())),
            .init("to", .string(demonstration.end.iso8601())),
            .init("incidentFrom", .string(demonstration.incident.lowerBound.iso8601())),
            .init("incidentTo", .string(demonstration.incident.upperBound.iso8601())),
        ]
        let reports: [JSONValue.Member] = [
            .init("evaluation", evaluation?.json ?? .null),
            .init("dash", DashJSON.value(frame)),
            .init("costReport", CostJSON.value(report)),
        ]
        return JSONValue(schema: "purser.demo/1", setting + tally.json + reports)
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
    private func evaluation(_ demonstration: Demonstration, _ evaluator: Evaluator) throws -> EvaluationReport? {
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
        guard var run = last else { return nil }
        run.changes = changes
        run.kind = .continued(steps: steps)
        return EvaluationReport(run: run, delivery: DeliveryReport())
    }
}
