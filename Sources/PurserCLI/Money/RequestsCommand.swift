import ArgumentParser
import Purser
import PurserCore
import PurserRender
import PurserStore

struct RequestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Lists model calls from the ledger; it holds no text of prompts or answers."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var drawing: DrawingOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Failed calls first, then the slowest.")
    var worst = false

    @Flag(name: .long, help: "Failed calls alone, the newest first.")
    var failed = false

    @Option(name: .long, help: "The call of one request id or correlation id, whenever it was.")
    var id: String?

    @Option(name: .long, help: "How far back to look: 3h, 7d.")
    var since = DurationArgument(seconds: 86_400)

    @Option(name: .long, parsing: .unconditional, help: "The moment that is taken for now.")
    var at: TimeArgument?

    @Option(name: .long, help: "At most this many rows.")
    var limit = 20

    func validate() throws {
        if [worst, failed, id != nil].filter({ $0 }).count > 1 {
            throw ValidationError("give one of --worst, --failed and --id")
        }
        if !(1...100_000).contains(limit) { throw ValidationError("--limit takes 1 to 100000") }
    }

    func run() throws {
        try reporting {
            let session = Session(global)
            let store = try session.store(.existing)
            let now = at?.time(now: .now) ?? .now
            let selection: LedgerSelection = id.map(LedgerSelection.id) ?? (failed ? .failed : worst ? .worst : .newest)
            let from = id == nil ? now - since.seconds : Timestamp(seconds: 0)
            let to = id == nil ? now : Timestamp(milliseconds: .max)
            let entries = try store.requests(selection, from: from, to: to, limit: limit)
            switch output.format {
            case .json:
                show(JSONValue(schema: "purser.requests/1", ["requests": .array(entries.map(json))]))
            case .text:
                if !entries.isEmpty {
                    show(table(entries, session))
                } else if id == nil {
                    say("no calls from \(from) to \(to)")
                }
            }
            if entries.isEmpty, let id { throw FileError("the ledger has no call of the id \(id)") }
        }
    }

    private func table(_ entries: [LedgerEntry], _ session: Session) -> String {
        var table = TextTable([
            .init("TIME"), .init("REQUEST ID"), .init("MODEL", leastWidth: 10), .init("RESULT", leastWidth: 10),
            .init("RETRIES", .trailing, dropRank: 1),
            .init("TOTAL", .trailing),
            .init("IN", .trailing), .init("OUT", .trailing), .init("COST", .trailing, dropRank: 2),
        ])
        for entry in entries {
            table.rows.append([
                entry.time.floored(toSeconds: 1).iso8601(), entry.requestId, entry.modelId, entry.outcome,
                String(entry.retries),
                entry.latencyMilliseconds.map { NumberText.duration(seconds: Double($0) / 1000) } ?? "",
                String(entry.usage.input), String(entry.usage.output), entry.cost.description,
            ])
        }
        return table.text(style: drawing.style(session.environment), piped: !DrawingOptions.isTerminal)
    }

    private func json(_ entry: LedgerEntry) -> JSONValue {
        [
            "requestId": .string(entry.requestId),
            "correlationId": JSONValue(entry.correlationId),
            "time": .string(entry.time.iso8601(milliseconds: true)),
            "settledAt": JSONValue(entry.settledTime?.iso8601(milliseconds: true)),
            "user": JSONValue(entry.caller.user),
            "team": JSONValue(entry.caller.team),
            "application": JSONValue(entry.caller.application),
            "model": .string(entry.modelId),
            "outcome": .string(entry.outcome),
            "retries": .integer(entry.retries),
            "latencyMilliseconds": entry.latencyMilliseconds.map(JSONValue.integer) ?? .null,
            "inputTokens": .integer(entry.usage.input),
            "outputTokens": .integer(entry.usage.output),
            "cacheReadTokens": .integer(entry.usage.cacheRead),
            "cacheWriteTokens": .integer(entry.usage.cacheWrite),
            "estimated": .bool(entry.isEstimated),
            "reserved": .string(entry.hold.description),
            "cost": .string(entry.cost.description),
        ]
    }
}
