import ArgumentParser
import ChatService
import Foundation
import Purser
import PurserAWS
import PurserCore
import PurserStore

struct DeadLettersRedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Tries letters once more, as the callers who asked first: their budgets, their bill.",
        discussion: """
            The calls pass the same admission as any request, with the limits of the environment, and are entered in the \
            same ledger. Only letters whose text was kept (PURSERD_DEADLETTER_TEXT=on) can be tried. Answered letters are \
            removed; --format json has the answers.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "Request ids or correlation ids.")
    var ids: [String] = []

    @Flag(name: .long, help: "All letters.")
    var all = false

    @Option(name: .long, help: "The URL of a queue whose letters are tried in place of the store's.")
    var queue: String?

    @Option(name: .long, help: "At most this many letters.")
    var limit = 1000

    func validate() throws {
        if ids.isEmpty != all { throw ValidationError("give ids, or --all") }
        if queue != nil, !all { throw ValidationError("letters of a queue are tried with --all") }
        if !(1...100_000).contains(limit) { throw ValidationError("--limit takes 1 to 100000") }
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

    /// How many letters were not answered.
    private func redrive(_ session: Session) async throws -> Int {
        let environment = try session.resolvedEnvironment()
        let store = try session.store(queue == nil ? .existing : .creating)
        let recorder = Recorder(store: store, writer: Recorder.uniqueWriter(), startingAt: .now)
        let service = ChatService(
            configuration: try ChatConfiguration(environment: environment),
            ledger: CallLedger(store),
            prices: try session.prices(),
            model: try RedriveModel.make(environment),
            clock: .system,
            metrics: recorder.factory(
                namespace: ChatMetric.namespace,
                units: ChatMetric.units,
                dimensionSets: ChatMetric.dimensionSets
            ),
            reportStoreError: { say("purser: \($0)") }
        )
        let redrive = DeadLetterRedrive(store: store, service: service)
        defer { recorder.drain(at: .now) }
        var failures = 0
        var hasRows = false
        let each = { (redriven: Redriven) in
            if !redriven.isDone { failures += 1 }
            switch output.format {
            case .text: show(plain: redriven.line)
            case .json:
                show((hasRows ? "," : "") + redriven.json.description)
                hasRows = true
            }
        }
        // One by one: an answer is told before its letter is removed, even where a later one meets an error or a signal.
        if output.format == .json { show(#"{"schema":"purser.deadletters-redrive/1","letters":["#) }
        defer { if output.format == .json { show("]}") } }
        if let queue {
            try await redrive.run(from: try session.queue(queue), atMost: limit, each: each)
        } else {
            let letters = try all ? store.deadLetters(limit: limit) : store.letters(named: ids)
            try await redrive.run(letters, each: each)
        }
        return failures
    }
}

extension Redriven {
    /// The result in one word, for programs.
    private var word: String {
        switch outcome {
        case .answered: "answered"
        case .answeredBefore: "answered_before"
        case .refused(let refusal): refusal.code
        case .failed(let failure): failure.code
        case .withoutText: "without_text"
        case .gone: "gone"
        case .foreign: "no_letter"
        }
    }

    fileprivate var line: String {
        let words =
            switch outcome {
            case .answered(let answer):
                "\(answer.modelId), \(answer.usage.input) tokens in, \(answer.usage.output) out, $\(answer.cost)"
            case .answeredBefore: "an earlier redrive was answered; that answer is lost, and the letter is removed"
            case .refused(let refusal): refusal.message
            case .failed(let failure): "\(failure.error.name.rawValue); the letter stays"
            case .withoutText: "its text was not kept (PURSERD_DEADLETTER_TEXT), so it cannot be sent; the letter stays"
            case .gone: "it was removed meanwhile"
            case .foreign: "a message of the queue that is no letter of purser's; it stays"
            }
        return "\(requestId) \(word): \(words)"
    }

    fileprivate var json: JSONValue {
        var answer: ChatAnswer?
        if case .answered(let given) = outcome { answer = given }
        return [
            "requestId": .string(requestId),
            "result": .string(word),
            "answer": JSONValue(answer?.text),
            "document": answer?.document.flatMap { try? JSONValue(parsing: String(decoding: $0, as: UTF8.self)) }
                ?? .null,
            "model": JSONValue(answer?.modelId),
            "inputTokens": answer.map { .integer($0.usage.input) } ?? .null,
            "outputTokens": answer.map { .integer($0.usage.output) } ?? .null,
            "cost": JSONValue(answer?.cost.description),
        ]
    }
}
