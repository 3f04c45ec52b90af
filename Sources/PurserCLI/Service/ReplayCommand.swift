import ArgumentParser
import ChatService
import Purser
import PurserAWS
import PurserCore
import PurserRender
import PurserStore

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Sends recorded traffic through the chat service on a virtual clock, and stores the results.",
        discussion: """
            The file has the columns \(TrafficTrace.header). The model is the embedded one: it answers with the recorded \
            token counts after a computed time, and no call is made. Repeating it with the same file, model and start \
            changes nothing.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "A CSV file with the columns \(TrafficTrace.header).", completion: .file(extensions: ["csv"]))
    var file: String

    @Option(
        name: .customLong("model"),
        help: "The model id, exactly as passed to Bedrock (PURSERD_MODEL_ID).",
        completion: NameCompletion.models
    )
    var modelId: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: .init("The time to move the first row to; default: its own time.", valueName: "time"),
        transform: TimeArgument.read
    )
    var start: TimeArgument?

    @Option(name: .long, help: "The team that the calls are charged to.")
    var team: String?

    @Option(name: .long, help: "Faults to inject: \(FaultPlan.syntax). May be repeated.")
    var fault: [String] = []

    @Flag(name: .customLong("no-limits"), help: "Lift the limits of length, tokens, rate, quota and budget.")
    var liftsLimits = false

    func validate() throws {
        if let team, !CallerName.isValid(team) { throw ValidationError("--team must be \(CallerName.form)") }
    }

    func run() throws {
        try reporting {
            let session = Session(global)
            let recording = try TextFile.read(file)
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
                let result = try replay.run(in: store, prices: try session.priceBook()) { rows in
                    done = rows
                    progress.show(rows)
                }
                progress.end()
                session.rollUpAll(store, from: result.from, to: result.to)
                output.show(
                    TrafficJSON.replay(result.tally, file: file, from: result.from, to: result.to, isNew: result.isNew)
                ) {
                    show(
                        TrafficText.replay(
                            result.tally,
                            from: result.from,
                            to: result.to,
                            isNew: result.isNew,
                            program: session.program
                        )
                    )
                }
            } catch let error as StoreError {
                progress.end()
                let stored = "\(done) of \(trace.rows.count) rows are stored with their metrics"
                throw CommandFailure("\(error)\n\(stored); run the same command again to continue from there")
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
}
