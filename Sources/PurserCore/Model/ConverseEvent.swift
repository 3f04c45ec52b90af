/// One event of ConverseStream.
package struct ConverseEvent: Sendable, Equatable {
    /// `messageStart`, `contentBlockDelta`, `contentBlockStop`, `messageStop`, `metadata` and so on.
    package var type: String
    /// The event's JSON.
    package var payload: [UInt8]

    package init(type: String, payload: [UInt8]) {
        self.type = type
        self.payload = payload
    }
    package init(_ type: String, _ payload: JSONValue) {
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

    /// What the last event says about the tier that served the call.
    package var tier: TierNames {
        TierNames(converse: type == "metadata" ? json : nil)
    }

    private var json: JSONValue? {
        try? JSONValue(parsing: String(decoding: payload, as: UTF8.self))
    }
}
