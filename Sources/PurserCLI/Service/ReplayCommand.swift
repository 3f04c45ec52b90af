import ArgumentParser
import ChatService
import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserStore

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Sends recorded traffic through the chat service on a virtual clock, and stores what comes of it.",
        discussion: """
            The file has the columns \(TrafficTrace.header). The model is the embedded one: it answers with the recorded \
            token counts after a computed time, and no call is made. The same file, model and start a second time change \
            nothing.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "A CSV file with the columns \(TrafficTrace.header).", completion: .file(extensions: ["csv"]))
    var file: String

    @Option(name: .customLong("model"), help: "The model id, exactly as Bedrock is called (PURSERD_MODEL_ID).")
    var modelId: String?

    @Option(name: .long, parsing: .unconditional, help: "Where the first row's time moves to; default: its own time.")
    var start: TimeArgument?

    @Option(name: .long, help: "The team that the calls are charged to.")
    var team: String?

    @Option(name: .long, help: "Faults to inject: \(FaultPlan.syntax). May be repeated.")
    var fault: [String] = []

    @Flag(name: .customLong("no-limits"), help: "Lift the limits of length, tokens, rate, quota and budget.")
    var liftsLimits = false

    func run() throws {
        try reporting {
            let session = Session(global)
            let recording = try session.text(ofFile: file)
            let trace = try TrafficTrace(csv: recording, file: file)
            let configuration = try session.chatConfiguration()
            let replay = Replay(
                trace: trace,
                digest: SHA256.hex(recording),
                modelId: modelId ?? configuration.modelId,
                start: start?.time(now: .now) ?? trace.start,
                team: team,
                configuration: configuration,
                faults: try faults(),
                liftsLimits: liftsLimits
            )
            let store = try session.store(.creating)
            let progress = ProgressLine(total: trace.rows.count, unit: "rows")
            var done = 0
            do {
                let result = try replay.run(in: store, prices: try session.prices()) { rows in
                    done = rows
                    progress.show(rows)
                }
                progress.end()
                session.rollUp(store)
                output.show(json(result)) { show(text(result, session.program)) }
            } catch let error as StoreError {
                progress.end()
                let stored = "\(done) of \(trace.rows.count) rows are stored with their metrics"
                throw FileError("\(error)\n\(stored); the same command again goes on from there")
            }
        }
    }

    private func faults() throws -> [(text: String, plan: FaultPlan)] {
        try fault.map { text in
            guard let plan = FaultPlan(text) else {
                throw UsageError("--fault `\(text)` is not of the form \(FaultPlan.syntax)")
            }
            return (text, plan)
        }
    }

    private func json(_ result: Replay.Result) -> JSONValue {
        let setting: [JSONValue.Member] = [
            .init("file", .string(file)),
            .init("simulated", true),
            .init("from", .string(result.from.iso8601())),
            .init("to", .string(result.to.iso8601())),
            .init("alreadyStored", .bool(!result.isNew)),
        ]
        return JSONValue(schema: "purser.replay/1", setting + result.tally.json)
    }

    private func text(_ result: Replay.Result, _ program: String) -> String {
        let tally = result.tally
        var lines = [
            "SIMULATED: recorded traffic answered by the embedded model; no model was called.",
            "\(tally.requests) requests from \(result.from) to \(result.to)"
                + (result.isNew ? "" : " (stored before; nothing was changed)"),
            "\(tally.answered) answered, \(tally.failed) failed, \(tally.refusedTotal) refused, \(tally.retries) retries",
        ]
        for (code, count) in tally.refused.sorted(by: { $0.key < $1.key }) {
            lines.append("  refused \(code): \(count)")
        }
        lines += [
            "\(tally.inputTokens) input and \(tally.outputTokens) output tokens, $\(tally.cost)",
            "next: \(program) dash --at \(result.to.floored(toSeconds: 60) + 120)   \(program) cost --month \(CalendarMonth(containing: result.from))",
        ]
        return lines.joined(separator: "\n")
    }
}
