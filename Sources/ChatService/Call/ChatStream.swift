package import PurserCore
import Synchronization

/// An admitted call with a streamed answer, for one reader.
///
/// Its call is settled once, whatever happens: by ``forEach(_:)``, or by ``ChatService/settleDropped()`` if the stream is
/// released without it.
package final class ChatStream: Sendable {
    private let service: ChatService
    private let call: AdmittedCall
    private let stream: any ModelStream
    private let ending: CallEnding
    /// Whether the call has been settled or is being settled.
    private let hasOwner: Atomic<Bool>

    init(_ service: ChatService, _ call: AdmittedCall, _ stream: any ModelStream, _ ending: CallEnding) {
        self.service = service
        self.call = call
        self.stream = stream
        self.ending = ending
        hasOwner = Atomic(false)
    }

    /// Takes over the call of a stream that was released.
    private init(of dropped: ChatStream) {
        service = dropped.service
        call = dropped.call.withoutContent
        stream = dropped.stream
        ending = dropped.ending
        hasOwner = Atomic(true)
    }

    deinit {
        if hasOwner.load(ordering: .relaxed) { stream.cancel() } else { service.adopt(ChatStream(of: self)) }
    }

    /// The request that the stream answers.
    package var request: ChatRequest {
        call.origin
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

    /// How long the rest of an answer is read after its caller has disconnected, to learn what it cost.
    static let restSeconds = 300

    /// Delivers the events in order, and settles the call once, however the stream ends.
    ///
    /// If `deliver` throws, the caller has disconnected. The model's answer is billed all the same, so the rest of it is
    /// read, within ``restSeconds``, and the call is charged its real usage. A stream that ends before its usage arrives
    /// is charged the full hold, as an estimate. The returned answer has no text, because the events contained it.
    @concurrent
    package func forEach(_ deliver: @concurrent (ConverseEvent) async throws -> Void) async -> ChatOutcome {
        hasOwner.store(true, ordering: .relaxed)
        var ending = ending
        /// When the caller disconnected, on the monotonic clock.
        var left: Int64?
        do throws(ModelError) {
            while let event = try await stream.next() {
                let now = service.clock.nanoseconds()
                if ending.firstToken == nil, event.type == "contentBlockDelta" { ending.firstToken = now }
                if let reason = event.stopReason { ending.response.stopReason = reason }
                if let usage = event.usage {
                    (ending.response.usage, ending.isUsageKnown) = (usage, true)
                    ending.response.tier = event.tier
                }
                if let left {
                    if now - left > Duration.seconds(Self.restSeconds).nanoseconds { break }
                    continue
                }
                do {
                    try await deliver(event)
                } catch {
                    left = now
                }
            }
            if !ending.isUsageKnown { throw ModelError(.modelStream, "the stream ended without reporting its usage") }
        } catch {
            ending.error = error
        }
        if left != nil { ending.error = ModelError(.cancelled, "the caller disconnected during the answer") }
        if ending.error != nil {
            stream.cancel()
            // The usage is the stream's last event: if it arrived, the cost is known even if the stream failed.
            if !ending.isUsageKnown { ending.uncertain += 1 }
        }
        return await service.settle(call, ending)
    }
}

extension ChatService {
    /// Settles the calls whose streams were released before they were read, such as that of a client that disconnects
    /// before its response begins; returns after ``close()``, when all of them are settled.
    package func settleDropped() async {
        await withDiscardingTaskGroup { group in
            for await stream in dropped.stream {
                group.addTask { [reportDropped] in
                    let outcome = await stream.forEach { _ in throw CancellationError() }
                    reportDropped(stream.request, outcome)
                }
            }
        }
    }

    /// Lets ``settleDropped()`` return; called when no more requests arrive.
    package func close() {
        dropped.continuation.finish()
    }

    fileprivate func adopt(_ stream: ChatStream) {
        dropped.continuation.yield(stream)
    }
}
