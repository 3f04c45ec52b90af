import Glibc
import PurserCore

/// Decides the tokens and the fault of each call, and records what is billed.
struct FakeModel {
    let latencyMilliseconds: Int
    let pieceMilliseconds: Int
    var faults: FaultPlan
    private(set) var totals = Totals()
    private let seed: UInt64
    private let inputTokens: ClosedRange<Int>?
    private let outputTokens: ClosedRange<Int>
    private let journal: Int32?
    private var calls = 0
    private let words: FakeText

    struct Totals {
        var billed = 0
        var inputTokens = 0
        var outputTokens = 0
        var delivered = 0
        /// Error responses by name.
        var errors: [String: Int] = [:]
    }

    init(_ settings: FakeSettings) throws {
        latencyMilliseconds = settings.latencyMilliseconds
        pieceMilliseconds = settings.pieceMilliseconds
        seed = settings.seed
        inputTokens = settings.inputTokens
        outputTokens = settings.outputTokens
        faults = settings.faults
        words = FakeText()
        journal = try settings.journal.map { path in
            let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard file >= 0 else { throw FakeFault(system: path) }
            return file
        }
    }

    /// Returns the next call, whose tokens depend only on its number and the seed.
    mutating func call(_ request: ConverseRequest, modelId: String, isStream: Bool) -> ModelCall {
        calls += 1
        var random = CallRandom(seed: seed, call: calls)
        let input = inputTokens.map { Int.random(in: $0, using: &random) } ?? max(1, request.textBytes / 4)
        let wanted = Int.random(in: outputTokens, using: &random)
        let output = min(wanted, request.maxTokens ?? wanted)
        var fault = faults.next(using: &random)
        if let found = fault, found.isOfStreams, !isStream { fault = nil }
        return ModelCall(
            number: calls,
            modelId: modelId,
            isStream: isStream,
            inputTokens: input,
            outputTokens: output,
            stopReason: output < wanted ? "max_tokens" : "end_turn",
            fault: fault,
            requestMetadata: request.requestMetadata,
            message: request.message
        )
    }

    /// Bills a call, and writes it to the journal before any more of its response is sent.
    mutating func bill(_ call: ModelCall, isDelivered: Bool) {
        totals.billed += 1
        totals.inputTokens += call.inputTokens
        totals.outputTokens += call.outputTokens
        if isDelivered { totals.delivered += 1 }
        guard let journal else { return }
        let line = Array(call.line(isDelivered: isDelivered).utf8)
        if write(journal, line, line.count) != line.count {
            FakeFault(system: "the journal").end(code: 74)
        }
    }

    mutating func count(error name: String) {
        totals.errors[name, default: 0] += 1
    }

    func text(_ tokens: Range<Int>) -> Substring {
        words.text(tokens)
    }
}

/// A long text with one word per token and no characters that JSON escapes.
struct FakeText {
    private static let words = [
        "a", "budget", "is", "kept", "when", "every", "call", "holds", "its", "worst", "case", "before", "it", "is",
        "made", "and",
    ]
    private let text: String
    /// The start of each word in the text, and the end of the last one.
    private let starts: [String.Index]

    init() {
        let count = 8192
        text = (0..<count).map { Self.words[$0 % Self.words.count] }.joined(separator: " ") + " "
        var starts = [text.startIndex]
        for index in text.indices where text[index] == " " { starts.append(text.index(after: index)) }
        self.starts = starts
    }

    /// Returns the words for these tokens, each followed by a space; there are at most 8,192.
    func text(_ tokens: Range<Int>) -> Substring {
        text[starts[min(tokens.lowerBound, starts.count - 1)]..<starts[min(tokens.upperBound, starts.count - 1)]]
    }
}
