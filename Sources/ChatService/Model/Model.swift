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
    /// The next event, in the order of Bedrock's ConverseStream; nil after the last one.
    ///
    /// Throws if the stream ends in any other way: with an exception, or because it was cut off.
    func next() async throws(ModelError) -> ConverseEvent?

    /// Ends the call; unread events are lost. Does nothing if the call has already ended.
    func cancel()
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
    /// How long the attempt may take; for a stream, until its last event.
    package var timeoutSeconds: Int
    /// The W3C trace context of the call.
    package var traceParent: String?

    package init(
        requestId: String,
        attempt: Int = 0,
        modelId: String,
        input: ModelInput,
        maxTokens: Int,
        timeoutSeconds: Int,
        traceParent: String? = nil
    ) {
        self.requestId = requestId
        self.attempt = attempt
        self.modelId = modelId
        self.input = input
        self.maxTokens = maxTokens
        self.timeoutSeconds = timeoutSeconds
        self.traceParent = traceParent
    }

    /// The request's body as Converse and ConverseStream expect it.
    package func body() -> [UInt8] {
        input.body(maxTokens: maxTokens)
    }
}

/// The input of a model.
package enum ModelInput: Sendable, Equatable {
    /// The turns of a conversation, the newest message last.
    case chat(system: String, messages: [ChatMessage])
    /// A Converse request as the caller wrote it.
    case converse(ConverseDocument)

    /// Returns an upper bound on the request's input tokens: a byte-level tokenizer produces at most one token per
    /// byte, and a chat template adds a few for each message. `most` is the maximum that the model accepts, if known.
    func mostInputTokens(modelTakes most: Int?) -> Int {
        switch self {
        case .chat(let system, let messages):
            let perMessage = 32
            return messages.reduce(system.utf8.count + perMessage) { $0 + $1.text.utf8.count + perMessage }
        case .converse(let document): return document.mostInputTokens(modelTakes: most)
        }
    }

    /// Whether the request asks for its input to be cached, which can cost more than plain input.
    var mayWriteCache: Bool {
        switch self {
        case .chat: false
        case .converse(let document): document.mayWriteCache
        }
    }

    func body(maxTokens: Int) -> [UInt8] {
        switch self {
        case .chat(let system, let messages):
            let document: JSONValue = [
                "system": [["text": .string(system)]],
                "messages": .array(
                    messages.map { ["role": .string($0.role.rawValue), "content": [["text": .string($0.text)]]] }
                ),
                "inferenceConfig": ["maxTokens": .integer(maxTokens)],
            ]
            return document.utf8()
        case .converse(let document): return document.body(maxTokens: maxTokens)
        }
    }
}
