package import PurserCore

/// The language model behind the service: Bedrock in production, ``EmbeddedModel`` in replays and tests.
package protocol Model: Sendable {
    /// Makes one attempt at one call.
    func converse(_ request: ModelRequest) async throws(ModelError) -> ModelResponse

    /// Makes one attempt at one call with a streamed answer; returns when the first piece has arrived, and throws if
    /// there is none.
    func openStream(_ request: ModelRequest) async throws(ModelError) -> any ModelStream
}

/// A streamed answer, for one reader.
package protocol ModelStream: Sendable {
    /// Bedrock's id of the request; nil if Bedrock was not called.
    var upstreamRequestId: String? { get }

    /// The next event, in the order of Bedrock's ConverseStream; nil after the last one.
    ///
    /// Throws if the stream ends in any other way: with an exception, or because it was cut off.
    func next() async throws(ModelError) -> ConverseEvent?

    /// Ends the call; unread events are lost. Does nothing if the call has already ended.
    func cancel()
}

/// How long an attempt at a model call may take.
package struct ModelTimeLimits: Sendable, Equatable {
    /// The longest time without a byte from the model, also before its first; nil means no limit.
    package var silence: Duration?
    /// The time until the last byte.
    package var total: Duration

    package init(silence: Duration?, total: Duration) {
        self.silence = silence
        self.total = total
    }

    /// The longest time until the first byte.
    package var firstByte: Duration {
        min(silence ?? total, total)
    }
}

/// One attempt at a model call, in the terms of Bedrock's Converse.
package struct ModelRequest: Sendable {
    /// The same for all attempts of a call.
    package var requestId: String
    /// 0 for the first attempt, then 1, 2, 3.
    package var attempt: Int
    /// The model id exactly as passed to Bedrock, including the prefix.
    package var modelId: String
    package var input: ModelInput
    package var maxTokens: Int
    package var limits: ModelTimeLimits
    /// Entries for the request's `requestMetadata`, the most important first.
    package var metadata: [RequestMetadata.Entry]
    /// The W3C trace context of the call.
    package var traceParent: String?

    package init(
        requestId: String,
        attempt: Int = 0,
        modelId: String,
        input: ModelInput,
        maxTokens: Int,
        limits: ModelTimeLimits,
        metadata: [RequestMetadata.Entry] = [],
        traceParent: String? = nil
    ) {
        self.requestId = requestId
        self.attempt = attempt
        self.modelId = modelId
        self.input = input
        self.maxTokens = maxTokens
        self.limits = limits
        self.metadata = metadata
        self.traceParent = traceParent
    }

    /// The request's body as Converse and ConverseStream expect it.
    package func body() -> [UInt8] {
        input.body(maxTokens: maxTokens, metadata: metadata)
    }
}

/// The input of a model.
package enum ModelInput: Sendable, Equatable {
    /// The turns of a conversation, the newest message last.
    case chat(system: String, messages: [ChatMessage])
    /// A Converse request as the caller wrote it.
    case converse(ConverseDocument)

    /// Returns an upper bound on the request's input tokens; see ``InputBound``.
    var bound: InputBound {
        switch self {
        case .chat(let system, let messages):
            var bound = InputBound()
            bound.add(text: system)
            for message in messages { bound.add(text: message.text) }
            bound.add(turns: 1 + messages.count)
            return bound
        case .converse(let document): return document.bound
        }
    }

    /// The tier that the request asks for.
    var tier: ServiceTier {
        switch self {
        case .chat: .standard
        case .converse(let document): document.tier
        }
    }

    /// Whether the request asks for its input to be cached, which can cost more than plain input.
    var mayWriteCache: Bool {
        switch self {
        case .chat: false
        case .converse(let document): document.mayWriteCache
        }
    }

    /// Returns the request in Converse's format.
    func body(maxTokens: Int, metadata: [RequestMetadata.Entry] = []) -> [UInt8] {
        switch self {
        case .chat(let system, let messages):
            var members: [JSONValue.Member] = [
                .init("system", [["text": .string(system)]]),
                .init(
                    "messages",
                    .array(
                        messages.map {
                            ["role": .string($0.role.rawValue), "content": [["text": .string($0.text)]]]
                        }
                    )
                ),
                .init("inferenceConfig", ["maxTokens": .integer(maxTokens)]),
            ]
            if let value = RequestMetadata.value(metadata, over: nil) {
                members.append(.init("requestMetadata", value))
            }
            return JSONValue.object(members).utf8()
        case .converse(let document): return document.body(maxTokens: maxTokens, metadata: metadata)
        }
    }
}
