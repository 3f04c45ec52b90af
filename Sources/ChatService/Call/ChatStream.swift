public import PurserCore
import PurserStore

/// An admitted call whose answer comes piece by piece.
///
/// Whoever has one must call ``forEach(_:)``: a stream that is let go without it is cancelled, and its hold is charged when
/// its lease ends.
public final class ChatStream: Sendable {
    private let service: ChatService
    private let call: AdmittedCall
    private let stream: any ModelStream
    private let ending: CallEnding

    init(_ service: ChatService, _ call: AdmittedCall, _ stream: any ModelStream, _ ending: CallEnding) {
        self.service = service
        self.call = call
        self.stream = stream
        self.ending = ending
    }

    deinit {
        stream.cancel()
    }

    /// The model that answers.
    public var modelId: String {
        call.request.modelId
    }

    /// The model that was asked for, where a cheaper one answers.
    public var fallbackFrom: String? {
        call.fallbackFrom
    }

    /// What is left of the caller's budgets with this call's worst case taken off; nil without a budget.
    public var budget: BudgetStanding? {
        call.budget
    }

    /// Hands over the events in their order, and settles the call when they end, however they end; once.
    ///
    /// Where `deliver` throws, the caller has gone away and the model call is cancelled. A stream that ends before its usage
    /// came is charged at its hold, as an estimate. The answer has no text: that went by in the events.
    @concurrent
    public func forEach(_ deliver: @concurrent (ModelEvent) async throws -> Void) async -> ChatOutcome {
        var ending = ending
        do throws(ModelError) {
            while let event = try await stream.next() {
                if ending.firstToken == nil, event.type == "contentBlockDelta" {
                    ending.firstToken = service.clock.nanoseconds()
                }
                if let reason = event.stopReason { ending.stopReason = reason }
                if let usage = event.usage { ending.usage = usage }
                do {
                    try await deliver(event)
                } catch {
                    throw ModelError(.cancelled, "the caller went away during the answer")
                }
            }
            if ending.usage == nil { throw ModelError(.modelStream, "the stream ended without its usage") }
        } catch {
            stream.cancel()
            ending.error = error
            // The usage is the stream's last event: with it the cost is known, whatever happened to the rest.
            if ending.usage == nil { ending.uncertain += 1 }
        }
        return await service.settle(call, ending)
    }
}
