package import PurserCore
import Synchronization

/// A model for demonstrations, replays and tests: it answers with given token counts after a given time, or fails as
/// scripted. Its answers say that they are simulated.
package struct EmbeddedModel: Model {
    /// The result of one attempt.
    package struct Script: Sendable {
        package var usage: TokenUsage
        package var latency: Duration
        package var fault: ModelError?

        package init(usage: TokenUsage, latency: Duration, fault: ModelError? = nil) {
            self.usage = usage
            self.latency = latency
            self.fault = fault
        }
    }

    private let clock: ServiceClock
    private let script: @Sendable (ModelRequest) -> Script

    /// Creates a model that follows `script` for each attempt, on the given clock.
    package init(clock: ServiceClock, script: @escaping @Sendable (ModelRequest) -> Script) {
        self.clock = clock
        self.script = script
    }

    /// Creates a model for trying out the service. Every answer has 100 input tokens and 400 output tokens, or fewer if
    /// the limit is lower.
    package init(clock: ServiceClock, latency: Duration) {
        self.init(clock: clock) { request in
            Script(usage: TokenUsage(input: 100, output: min(400, request.maxTokens)), latency: latency)
        }
    }

    package func converse(_ request: ModelRequest) async throws(ModelError) -> ModelResponse {
        let script = script(request)
        try await wait(script.latency, request)
        if let fault = script.fault { throw fault }
        return Self.response(script.usage, request)
    }

    /// The first piece arrives after a tenth of the latency; the rest of the answer is spread over the remaining time.
    package func openStream(_ request: ModelRequest) async throws(ModelError) -> any ModelStream {
        let script = script(request)
        let first = script.latency / 10
        try await wait(script.fault == nil && script.latency <= request.limits.total ? first : script.latency, request)
        if let fault = script.fault { throw fault }
        return EmbeddedStream(clock: clock, rest: script.latency - first, Self.response(script.usage, request))
    }

    private func wait(_ latency: Duration, _ request: ModelRequest) async throws(ModelError) {
        let limit = request.limits.firstByte
        do {
            try await clock.sleep(min(latency, limit))
        } catch {
            throw ModelError(.cancelled, "the caller disconnected during the call")
        }
        if latency > limit {
            throw ModelError(.timeout, "no answer within \(limit / .seconds(1)) s")
        }
    }

    private static func response(_ scripted: TokenUsage, _ request: ModelRequest) -> ModelResponse {
        var usage = scripted
        let isCut = usage.output > request.maxTokens
        usage.output = min(usage.output, request.maxTokens)
        return ModelResponse(
            text: "This is a simulated answer of \(usage.output) tokens; no model was called.",
            stopReason: isCut ? "max_tokens" : "end_turn",
            usage: usage
        )
    }
}

/// An ``EmbeddedModel``'s answer, word by word.
private final class EmbeddedStream: ModelStream {
    private let clock: ServiceClock
    private let pause: Duration
    private let events: Mutex<[ConverseEvent]>
    let upstreamRequestId: String? = nil

    init(clock: ServiceClock, rest: Duration, _ response: ModelResponse) {
        let words = response.text.split(separator: " ")
        let deltas = words.enumerated().map { number, word in
            ConverseEvent(
                "contentBlockDelta",
                ["contentBlockIndex": 0, "delta": ["text": .string(number == 0 ? String(word) : " " + word)]]
            )
        }
        let events =
            [ConverseEvent("messageStart", ["role": "assistant"])] + deltas + [
                ConverseEvent("contentBlockStop", ["contentBlockIndex": 0]),
                ConverseEvent("messageStop", ["stopReason": .string(response.stopReason)]),
                ConverseEvent("metadata", ["usage": response.usage.converse, "metrics": ["latencyMs": 0]]),
            ]
        self.clock = clock
        pause = rest / events.count
        self.events = Mutex(events.reversed())
    }

    func next() async throws(ModelError) -> ConverseEvent? {
        guard let event = events.withLock({ $0.popLast() }) else { return nil }
        do {
            try await clock.sleep(pause)
        } catch {
            throw ModelError(.cancelled, "the caller disconnected during the call")
        }
        return event
    }

    func cancel() {
        events.withLock { $0 = [] }
    }
}
