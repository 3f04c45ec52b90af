public import PurserCore

/// A model for demonstrations, replays and tests: it answers with given token counts after a given time, or fails as it is
/// told to. Its answers say that they are simulated.
public struct EmbeddedModel: Model {
    /// What one attempt shall bring.
    public struct Script: Sendable {
        public var usage: TokenUsage
        public var latency: Duration
        public var fault: ModelError?

        public init(usage: TokenUsage, latency: Duration, fault: ModelError? = nil) {
            self.usage = usage
            self.latency = latency
            self.fault = fault
        }
    }

    private let clock: ServiceClock
    private let script: @Sendable (ModelRequest) -> Script

    /// A model that plays what `script` says of each attempt, on the given clock.
    public init(clock: ServiceClock, script: @escaping @Sendable (ModelRequest) -> Script) {
        self.clock = clock
        self.script = script
    }

    public func converse(_ request: ModelRequest) async throws(ModelError) -> ModelResponse {
        let script = script(request)
        let limit = Duration.seconds(request.timeoutSeconds)
        do {
            try await clock.sleep(min(script.latency, limit))
        } catch {
            throw ModelError(.cancelled, "the caller went away during the call")
        }
        if script.latency > limit {
            throw ModelError(.timeout, "no answer within \(request.timeoutSeconds) s")
        }
        if let fault = script.fault { throw fault }
        var usage = script.usage
        let isCut = usage.output > request.maxTokens
        usage.output = min(usage.output, request.maxTokens)
        return ModelResponse(
            text: "This is a simulated answer of \(usage.output) tokens; no model was called.",
            stopReason: isCut ? "max_tokens" : "end_turn",
            usage: usage
        )
    }
}
