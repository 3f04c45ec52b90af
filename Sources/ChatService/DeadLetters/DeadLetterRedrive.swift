public import PurserAWS
public import PurserCore
public import PurserStore

/// What became of a letter that was to be tried once more.
public struct Redriven: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        case answered(ChatAnswer)
        /// An earlier attempt was answered, and ended before the letter was removed. That answer is lost.
        case answeredBefore
        /// Turned away by the same checks as any request; it cost nothing.
        case refused(ChatRefusal)
        case failed(ChatFailure)
        /// Its text was not kept, so that there is nothing to send.
        case withoutText
        /// Somebody removed it meanwhile.
        case gone
        /// A queue's message that is no letter.
        case foreign
    }

    /// The letter's request id, or the message's id where it is no letter.
    public var requestId: String
    public var outcome: Outcome

    public init(_ requestId: String, _ outcome: Outcome) {
        self.requestId = requestId
        self.outcome = outcome
    }

    /// Nil unless the letter was answered now.
    public var answer: ChatAnswer? {
        if case .answered(let answer) = outcome { answer } else { nil }
    }

    /// The result in one word, for programs.
    public var result: String {
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

    /// Why there is no answer; empty if there is one.
    public var reason: String {
        switch outcome {
        case .answered: ""
        case .answeredBefore: "an earlier redrive was answered; that answer is lost, and the letter is removed"
        case .refused(let refusal): refusal.message
        case .failed(let failure): "\(failure.error.name.rawValue); the letter stays"
        case .withoutText: "its text was not kept (PURSERD_DEADLETTER_TEXT), so it cannot be sent; the letter stays"
        case .gone: "it was removed meanwhile"
        case .foreign: "a message of the queue that is no letter of purser's; it stays"
        }
    }

    /// Whether the letter is dealt with, so that it is removed.
    public var isDone: Bool {
        switch outcome {
        case .answered, .answeredBefore: true
        case .refused, .failed, .withoutText, .gone, .foreign: false
        }
    }
}

/// Tries letters once more through a chat service in this process: the same admission, and the same ledger.
///
/// A request sent to the daemon's door would be the operator's: his token, his team's budget, his name on the bill. In
/// this way it is the caller's, as it was the first time. The ledger has the attempts as `ID/redrive-N`.
public struct DeadLetterRedrive: Sendable {
    /// How long nobody else receives a queue's letter that is tried: longer than any call takes.
    private static let hiddenSeconds = 900

    private let store: Store
    private let service: ChatService

    /// - Parameter service: One that does not keep letters: the letter itself stays until an answer has come.
    public init(store: Store, service: ChatService) {
        self.store = store
        self.service = service
    }

    /// Tries letters of the store, one after the other, and removes those that are answered; `each` hears of every one.
    ///
    /// Throws ``DeadLettersBusy`` where another process has had hold of the letters for twenty seconds.
    public func run(_ letters: [DeadLetter], each: (Redriven) throws -> Void) async throws {
        let clock = service.clock
        for attempt in 0..<100 {
            // A daemon that forwards has hold of them for a moment at a time.
            if attempt > 0 { try await clock.sleep(.milliseconds(200)) }
            let done: Void? = try await store.whileAlone(in: .deadLetters) {
                for letter in letters {
                    let redriven = try await redrive(letter)
                    // Told first: an answer that is not removed can be given up by hand, one that is not told is lost.
                    try each(redriven)
                    if redriven.isDone { try store.removeDeadLetters([letter.requestId]) }
                }
            }
            if done != nil { return }
        }
        throw DeadLettersBusy()
    }

    private func redrive(_ letter: DeadLetter) async throws -> Redriven {
        guard letter.content != nil else { return Redriven(letter.requestId, .withoutText) }
        // Counted before the call, so that two attempts never have one id.
        guard let number = try store.beginRedrive(letter.requestId) else { return Redriven(letter.requestId, .gone) }
        return Redriven(letter.requestId, try await call(letter, number: number))
    }

    /// Receives letters from a queue and tries them; deletes those that are answered, and gives the others back at the end.
    public func run(from queue: SQSClient, atMost limit: Int, each: (Redriven) throws -> Void) async throws {
        var kept: [SQSMessage] = []
        defer {
            // Given back they are seen at once; otherwise, when their time is over.
            for message in kept { try? queue.release(message, at: service.clock.now()) }
        }
        var count = 0
        while count < limit {
            let received = try queue.receive(most: 1, hiddenSeconds: Self.hiddenSeconds, at: service.clock.now())
            guard let message = received.first else { return }
            count += 1
            kept.append(message)
            guard let letter = DeadLetter(queueBody: message.body) else {
                try each(Redriven(message.id, .foreign))
                continue
            }
            let number = letter.redrives + message.receiveCount
            let redriven = Redriven(letter.requestId, try await call(letter, number: number))
            try each(redriven)
            if redriven.isDone {
                try queue.delete(message, at: service.clock.now())
                kept.removeLast()
            }
        }
    }

    private func call(_ letter: DeadLetter, number: Int) async throws -> Redriven.Outcome {
        var number = number
        while true {
            let request: ChatRequest?
            do throws(ChatRefusal) {
                request = try letter.request(id: "\(letter.requestId)/redrive-\(number)")
            } catch {
                return .refused(error)
            }
            guard let request else { return .withoutText }
            if number > 1, try wasAnswered(letter, before: number) { return .answeredBefore }
            switch await service.answer(request) {
            case .answered(let answer): return .answered(answer)
            case .refused(let refusal): return .refused(refusal)
            case .failed(let failure): return .failed(failure)
            // A queue may count anew; the ledger does not.
            case .known: number += 1
            }
        }
    }

    /// Whether one of the last attempts was answered, by the ledger.
    private func wasAnswered(_ letter: DeadLetter, before number: Int) throws -> Bool {
        for earlier in max(1, number - 10)..<number {
            let id = "\(letter.requestId)/redrive-\(earlier)"
            let entries = try store.requests(
                .id(id),
                from: Timestamp(seconds: 0),
                to: Timestamp(milliseconds: .max),
                limit: 2
            )
            if entries.contains(where: { $0.requestId == id && $0.outcome == "success" }) { return true }
        }
        return false
    }
}

/// Another process has hold of the letters.
public struct DeadLettersBusy: Error, CustomStringConvertible {
    public let description =
        "another process is forwarding or redriving letters; nothing was tried: run the command again later"
}
