package import PurserCore

/// An admitted call with a streamed answer.
///
/// The owner must call ``forEach(_:)``: a stream that is released without it is cancelled, and its hold is charged when
/// its lease ends.
package final class ChatStream: Sendable {
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
    package var modelId: String {
        call.request.modelId
    }

    /// The requested model, if a cheaper one answers.
    package var fallbackFrom: String? {
        call.fallbackFrom
    }

    /// What is left of the caller's budgets after this call's worst case; nil if there is no budget.
    package var budget: BudgetStanding? {
        call.budget
    }

    /// Delivers the events in order, and settles the call once, however the stream ends.
    ///
    /// If `deliver` throws, the caller has disconnected and the model call is cancelled. A stream that ends before its
    /// usage arrives is charged the full hold, as an estimate. The returned answer has no text, because the events
    /// contained it.
    @concurrent
    package func forEach(_ deliver: @concurrent (ConverseEvent) async throws -> Void) async -> ChatOutcome {
        var ending = ending
        do throws(ModelError) {
            while let event = try await stream.next() {
                if ending.firstToken == nil, event.type == "contentBlockDelta" {
                    ending.firstToken = service.clock.nanoseconds()
                }
                if let reason = event.stopReason { ending.response.stopReason = reason }
                if let usage = event.usage { (ending.response.usage, ending.isUsageKnown) = (usage, true) }
                do {
                    try await deliver(event)
                } catch {
                    throw ModelError(.cancelled, "the caller went away during the answer")
                }
            }
            if !ending.isUsageKnown { throw ModelError(.modelStream, "the stream ended without reporting its usage") }
        } catch {
            stream.cancel()
            ending.error = error
            // The usage is the stream's last event: if it arrived, the cost is known even if the stream failed.
            if !ending.isUsageKnown { ending.uncertain += 1 }
        }
        return await service.settle(call, ending)
    }
}
