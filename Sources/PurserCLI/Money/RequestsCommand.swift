import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct RequestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Lists model calls from the ledger, which does not contain the text of prompts or answers."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Failed calls first, then the slowest.")
    var worst = false

    @Flag(name: .long, help: "Only failed calls, newest first.")
    var failed = false

    @Option(
        name: .long,
        help: "The call or refused request with this request id or correlation id, whenever it was made."
    )
    var id: String?

    @Option(
        name: .long,
        help: .init("How far back to look: 3h, 7d; default: 1d.", valueName: "duration"),
        transform: DurationArgument.read
    )
    var since = ClockDuration(seconds: 86_400)

    @OptionGroup var asOf: AsOfOption

    @Option(
        name: .long,
        help: .init("At most this many rows; default: 20.", valueName: "number"),
        transform: RowLimit.read
    )
    var limit = 20

    func validate() throws {
        if [worst, failed, id != nil].filter({ $0 }).count > 1 {
            throw ValidationError("give one of --worst, --failed and --id")
        }
    }

    func run() throws {
        try reporting {
            let session = Session(global)
            let store = try session.store(.existing)
            let now = asOf.time
            let selection: LedgerSelection = id.map(LedgerSelection.id) ?? (failed ? .failed : worst ? .worst : .newest)
            let from = id == nil ? now - since.seconds : Timestamp(seconds: 0)
            let to = id == nil ? now : Timestamp(milliseconds: .max)
            let entries = try store.requests(selection, from: from, to: to, limit: limit)
            let refused = try id.map { try store.refusedRequests(of: $0, limit: limit) } ?? []
            output.show(LedgerJSON.requests(entries, refused: refused)) {
                if id != nil {
                    let facts = entries.map(LedgerText.details) + refused.map(LedgerText.details)
                    let style = drawing.style(session.environment)
                    show(
                        facts.map { $0.text(style: style, piped: !DrawingOptions.isTerminal) }.joined(separator: "\n")
                    )
                } else {
                    drawing.show(
                        LedgerText.requests(entries),
                        session.environment,
                        ifEmpty: "no \(failed ? "failed " : "")calls from \(from) to \(to)"
                    )
                }
            }
            if entries.isEmpty, refused.isEmpty, let id {
                let lost = try store.refusedRequestTotals().lost
                let note = lost > 0 ? "; \(lost) refused requests are not kept, or no longer" : ""
                throw CommandFailure("there is no call and no refused request with the id \(id)" + note)
            }
        }
    }
}
