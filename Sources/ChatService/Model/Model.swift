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
    /// Throws if the stream ends otherwise: with an exception, or because it was cut off.
    func next() async throws(ModelError) -> ModelEvent?

    /// Ends the call; unread events are lost. Does nothing if it has ended.
    func cancel()
}

/// One attempt at a model call, in the terms of Bedrock's Converse.
package struct ModelRequest: Sendable {
    /// The same for all attempts of a call.
    package var requestId: String
    /// 0 for the first attempt, then 1, 2, 3.
    package var attempt: Int
    /// The model id exactly as Bedrock is called with it, including the prefix.
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

    /// The request's body as Converse and ConverseStream take it.
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

    /// Returns an upper bound of the request's input tokens: a byte-level tokenizer makes at most one token of a byte,
    /// and a chat template adds a few for each message. `most` is the most that the model accepts, if known.
    func mostInputTokens(modelTakes most: Int?) -> Int {
        switch self {
        case .chat(let system, let messages):
            let perMessage = 32
            return messages.reduce(system.utf8.count + perMessage) { $0 + $1.text.utf8.count + perMessage }
        case .converse(let document): return document.mostInputTokens(modelTakes: most)
        }
    }

    /// Whether the request asks for its input to be kept in a cache, which can cost more than plain input.
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

/// A model's answer.
package struct ModelResponse: Sendable, Equatable {
    package var text: String
    /// Converse's stopReason: `end_turn`, `max_tokens`.
    package var stopReason: String
    package var usage: TokenUsage
    /// Converse's answer as received; nil if there was none, as from the embedded model.
    package var document: [UInt8]?

    package init(text: String, stopReason: String, usage: TokenUsage, document: [UInt8]? = nil) {
        self.text = text
        self.stopReason = stopReason
        self.usage = usage
        self.document = document
    }

    /// Returns the answer in the form of Converse.
    package func converseDocument(latencyMilliseconds: Int) -> [UInt8] {
        if let document { return document }
        let value: JSONValue = [
            "output": ["message": ["role": "assistant", "content": [["text": .string(text)]]]],
            "stopReason": .string(stopReason),
            "usage": usage.converse,
            "metrics": ["latencyMs": .integer(latencyMilliseconds)],
        ]
        return value.utf8()
    }
}

/// One event of ConverseStream.
package struct ModelEvent: Sendable, Equatable {
    /// `messageStart`, `contentBlockDelta`, `contentBlockStop`, `messageStop`, `metadata` and so on.
    package var type: String
    /// The event's JSON.
    package var payload: [UInt8]

    package init(type: String, payload: [UInt8]) {
        self.type = type
        self.payload = payload
    }

    init(_ type: String, _ payload: JSONValue) {
        self.init(type: type, payload: payload.utf8())
    }

    /// The piece of the answer's text in the event.
    package var text: String? {
        guard type == "contentBlockDelta" else { return nil }
        return json?["delta"]?["text"]?.string
    }

    /// Why the answer ended, if the event says so.
    package var stopReason: String? {
        guard type == "messageStop" else { return nil }
        return json?["stopReason"]?.string
    }

    /// The tokens that the call used; in the last event.
    package var usage: TokenUsage? {
        guard type == "metadata" else { return nil }
        return json?["usage"].flatMap(TokenUsage.init(converse:))
    }

    private var json: JSONValue? {
        try? JSONValue(parsing: String(decoding: payload, as: UTF8.self))
    }
}

extension TokenUsage {
    /// Reads Converse's `usage`; nil if a count is missing, not a whole number or negative.
    ///
    /// `cacheDetails` states how many of the written tokens live for an hour; the others live for five minutes.
    package init?(converse usage: JSONValue) {
        func count(_ key: String) -> Int? {
            guard let value = usage[key], value != .null else { return 0 }
            return value.integer.flatMap { $0 >= 0 ? $0 : nil }
        }
        guard usage["inputTokens"]?.integer != nil, usage["outputTokens"]?.integer != nil,
            let input = count("inputTokens"), let output = count("outputTokens"),
            let read = count("cacheReadInputTokens"), let written = count("cacheWriteInputTokens")
        else { return nil }
        var hour = 0
        for detail in usage["cacheDetails"]?.array ?? [] where detail["ttl"]?.string == "1h" {
            guard let tokens = detail["inputTokens"]?.integer, tokens >= 0, tokens <= written - hour else { return nil }
            hour += tokens
        }
        self.init(input: input, output: output, cacheRead: read, cacheWrite5m: written - hour, cacheWrite1h: hour)
    }

    /// The counts as Converse reports them.
    package var converse: JSONValue {
        var members: [JSONValue.Member] = [
            .init("inputTokens", .integer(input)), .init("outputTokens", .integer(output)),
            .init("totalTokens", .integer(input &+ output &+ cacheRead &+ cacheWrite)),
        ]
        if cacheRead > 0 { members.append(.init("cacheReadInputTokens", .integer(cacheRead))) }
        if cacheWrite > 0 { members.append(.init("cacheWriteInputTokens", .integer(cacheWrite))) }
        return .object(members)
    }
}
