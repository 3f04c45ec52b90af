import ArgumentParser
import ChatService
import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserRender
import PurserStore

struct DeadLettersRedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Retries dead letters on behalf of their callers: against their budgets and at their cost.",
        discussion: """
            The calls go through the same admission as any request, with the limits from the environment, and are \
            entered in the same ledger. Only letters whose text was kept (PURSERD_DEADLETTER_TEXT=on) can be retried. \
            Answered letters are removed; the output of --format json includes the answers.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "Request ids or correlation ids.", completion: NameCompletion.letters)
    var ids: [String] = []

    @Flag(name: .long, help: "All letters.")
    var all = false

    @Option(name: .long, help: "The URL of a queue whose letters are retried instead of the store's.")
    var queue: String?

    @Option(name: .long, help: "At most this many letters; default: 1000.", transform: RowLimit.read)
    var limit = 1000

    func validate() throws {
        if ids.isEmpty != all { throw ValidationError("give ids, or --all") }
        if queue != nil, !all { throw ValidationError("the letters of a queue can be retried only with --all") }
    }

    func run() async throws {
        let session = Session(global)
        let failures: Int
        do {
            failures = try await redrive(session)
        } catch {
            return try reporting { throw error }
        }
        if failures > 0 { throw Exit.failed }
    }

    /// Redrives the letters, and returns how many were not answered.
    private func redrive(_ session: Session) async throws -> Int {
        let store = try session.store(queue == nil ? .existing : .creating)
        let letters = try queue == nil ? (all ? store.deadLetters(limit: limit) : store.letters(named: ids)) : nil
        // Nothing to retry needs neither a model nor its settings.
        if let letters, letters.isEmpty {
            say("no letters")
            if output.format == .json { show(DeadLetterJSON.redriven.start + DeadLetterJSON.redriven.end) }
            return 0
        }
        let environment = try session.resolvedEnvironment()
        let recorder = Recorder(store: store, writer: Recorder.uniqueWriter(), startingAt: .now)
        let behind = try asUsage { try ServiceModel(environment: environment) }
        let service = ChatService(
            configuration: try asUsage { try ChatConfiguration(environment: environment) },
            ledger: CallLedger(store),
            prices: PriceBook(try session.prices(environment), region: behind.region),
            model: behind.model,
            clock: .system,
            metrics: recorder.factory(
                namespace: ChatMetric.namespace,
                metricUnits: ChatMetric.units,
                dimensionSets: ChatMetric.dimensionSets
            ),
            reportStoreError: { say("purser: \($0)") }
        )
        let redrive = DeadLetterRedrive(store: store, service: service)
        defer {
            recorder.drain(at: .now)
            store.eraseOrSay()
        }
        var failures = 0
        var hasRows = false
        let each = { (redriven: Redriven) in
            if !redriven.isDone { failures += 1 }
            switch output.format {
            case .text:
                show(
                    plain: DeadLetterText.redriven(
                        redriven.requestId,
                        redriven.result,
                        redriven.answer,
                        reason: redriven.reason
                    )
                )
            case .json:
                let row = DeadLetterJSON.redriven(redriven.requestId, redriven.result, redriven.answer)
                show((hasRows ? DeadLetterJSON.redriven.separator : "") + row.text())
                hasRows = true
            }
        }
        // One by one: an answer is shown before its letter is removed, even if a later one fails.
        if output.format == .json { show(DeadLetterJSON.redriven.start) }
        defer { if output.format == .json { show(DeadLetterJSON.redriven.end) } }
        if let queue {
            try await redrive.run(from: try session.queue(queue), atMost: limit, each: each)
        } else {
            try await redrive.run(letters ?? [], each: each)
        }
        return failures
    }
}
