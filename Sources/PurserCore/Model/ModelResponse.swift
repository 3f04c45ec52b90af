/// A model's answer.
package struct ModelResponse: Sendable, Equatable {
    package var text: String
    /// Converse's stopReason: `end_turn`, `max_tokens`.
    package var stopReason: String
    package var usage: TokenUsage
    /// Converse's response as received; nil if there was none, as with the embedded model.
    package var document: [UInt8]?
    /// Bedrock's id of the request; nil if Bedrock was not called.
    package var upstreamRequestId: String?
    /// What the answer says about the tier that served the call.
    package var tier: TierNames

    package init(
        text: String,
        stopReason: String,
        usage: TokenUsage,
        document: [UInt8]? = nil,
        upstreamRequestId: String? = nil,
        tier: TierNames = TierNames()
    ) {
        self.text = text
        self.stopReason = stopReason
        self.usage = usage
        self.document = document
        self.upstreamRequestId = upstreamRequestId
        self.tier = tier
    }

    /// Returns the answer in the format of Converse's response.
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
