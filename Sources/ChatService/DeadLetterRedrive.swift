public import PurserStore

/// What became of a letter that was tried once more.
public enum RedriveOutcome: Sendable, Equatable {
    case answered(ChatAnswer)
    /// Turned away by the same checks as any request; it cost nothing.
    case refused(ChatRefusal)
    case failed(ChatFailure)
    /// Its text was not kept, so that there is nothing to send.
    case withoutText
    /// The ledger has this attempt already; the next has another number.
    case known
}

extension ChatService {
    /// Tries a letter's request once more, for the caller who made it: with his budgets, and on his bill.
    ///
    /// The ledger has the attempt as `ID/redrive-N`. The service must not keep letters itself: the first one stays until an
    /// answer has come.
    public func redrive(_ letter: DeadLetter, number: Int) async -> RedriveOutcome {
        let request: ChatRequest?
        do throws(ChatRefusal) {
            request = try letter.request(id: "\(letter.requestId)/redrive-\(number)")
        } catch {
            return .refused(error)
        }
        guard let request else { return .withoutText }
        return switch await answer(request) {
        case .answered(let answer): .answered(answer)
        case .refused(let refusal): .refused(refusal)
        case .failed(let failure): .failed(failure)
        case .known: .known
        }
    }
}
