package import PurserAWS
package import PurserCore
package import PurserStore

/// The result of redriving a letter.
package struct Redriven: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case answered(ChatAnswer)
        /// An earlier redrive succeeded, but ended before the letter was removed. Its answer is lost.
        case answeredBefore
        /// Refused by the same checks as any request; it cost nothing.
        case refused(ChatRefusal)
        case failed(ChatFailure)
        /// Its text was not kept, so there is nothing to send.
        case withoutText
        /// It was removed in the meantime.
        case gone
        /// A message in the queue that is not a letter.
        case foreign
    }

    /// The letter's request id, or the message's id if it is not a letter.
    package var requestId: String
    package var outcome: Outcome

    package init(_ requestId: String, _ outcome: Outcome) {
        self.requestId = requestId
        self.outcome = outcome
    }

    /// Nil unless this attempt was answered.
    package var answer: ChatAnswer? {
        if case .answered(let answer) = outcome { answer } else { nil }
    }

    /// The result in one word, for programs.
    package var result: String {
        switch outcome {
        case .answered: "answered"
        case .answeredBefore: "answered_before"
        case .refused(let refusal): refusal.kind.code
        case .failed(let failure): failure.code
        case .withoutText: "without_text"
        case .gone: "gone"
        case .foreign: "no_letter"
        }
    }

    /// Why there is no answer; empty if there is one.
    package var reason: String {
        switch outcome {
        case .answered: ""
        case .answeredBefore: "an earlier redrive succeeded, but its answer was lost; the letter has been removed"
        case .refused(let refusal): refusal.message
        case .failed(let failure): "\(failure.error.name.rawValue); the letter stays"
        case .withoutText: "its text was not kept (PURSERD_DEADLETTER_TEXT), so it cannot be sent; the letter stays"
        case .gone: "it has been removed in the meantime"
        case .foreign: "a message in the queue that is not one of Purser's dead letters; it stays"
        }
    }

    /// Whether the letter is finished and can be removed.
    package var isDone: Bool {
        switch outcome {
        case .answered, .answeredBefore: true
        case .refused, .failed, .withoutText, .gone, .foreign: false
        }
    }
}

/// Retries letters through a chat service in this process, with the same admission and the same ledger.
///
/// A request sent to the daemon would count as the operator's: it would use the operator's token and team budget, and
/// the bill would show the operator's name. This way it counts as the original caller's. The ledger records the
/// attempts as `ID/redrive-N`.
package struct DeadLetterRedrive: Sendable {
    /// The longest time for which SQS hides a message.
    private static let mostHiddenSeconds = 43_200

    private let store: Store
    private let service: ChatService

    /// - Parameter service: A service that does not keep letters: the letter being retried stays until it is answered.
    package init(store: Store, service: ChatService) {
        self.store = store
        self.service = service
    }

    /// How long a queue's letter is hidden from other receivers during its attempt: longer than a call takes.
    private var hiddenSeconds: Int {
        min(service.configuration.leaseSeconds, Self.mostHiddenSeconds)
    }

    /// Retries letters of the store one after another, and removes those that are answered; calls `each` with every result.
    ///
    /// Throws ``DeadLettersBusy`` if another process holds the letters for twenty seconds.
    package func run(_ letters: [DeadLetter], each: (Redriven) throws -> Void) async throws {
        let clock = service.clock
        for attempt in 0..<100 {
            // A forwarding daemon holds the letters only briefly at a time.
            if attempt > 0 { try await clock.sleep(.milliseconds(200)) }
            let done: Void? = try await store.whileAlone(in: .deadLetters) {
                for letter in letters {
                    let redriven = try await redrive(letter)
                    // Reported before it is removed: a letter left behind can be discarded by hand, but an unreported
                    // answer is lost.
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
        // Counted before the call, so that two attempts never have the same id.
        guard let number = try store.beginRedrive(letter.requestId) else { return Redriven(letter.requestId, .gone) }
        return Redriven(letter.requestId, try await call(letter, number: number))
    }

    /// Receives letters from a queue and retries them; deletes those that are answered, and releases the others at the end.
    package func run(from queue: SQSClient, atMost limit: Int, each: (Redriven) throws -> Void) async throws {
        var kept: [SQSMessage] = []
        defer {
            // Released messages are visible immediately, others only after their visibility timeout.
            for message in kept { try? queue.release(message, at: service.clock.now()) }
        }
        var count = 0
        while count < limit {
            let received = try queue.receive(most: 1, hiddenSeconds: hiddenSeconds, at: service.clock.now())
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
            // A queue may restart its count; the ledger does not.
            case .known: number += 1
            }
        }
    }

    /// Returns whether one of the last attempts was answered, according to the ledger.
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

/// Another process holds the letters.
package struct DeadLettersBusy: Error, CustomStringConvertible {
    package let description =
        "another process is forwarding or redriving letters, so nothing was tried; run the command again later"
}
