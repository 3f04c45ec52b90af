import PurserCore

/// The parts of a Converse or ConverseStream request on which the response depends.
struct ConverseRequest {
    /// The total size of all `text` in `system` and `messages`.
    var textBytes = 0
    var maxTokens: Int?
    var requestMetadata: JSONValue?
    /// The text of the last message, by which tests find their call in the journal.
    var message = ""

    /// Reads a body; throws ``ConverseRequest/Fault`` if it is not a valid request.
    init(_ body: [UInt8]) throws(Fault) {
        guard let text = String(validating: body, as: UTF8.self), let value = try? JSONValue(parsing: text) else {
            throw Fault(name: "SerializationException", message: "The body is not JSON.")
        }
        guard let messages = value["messages"]?.array, !messages.isEmpty else {
            throw Fault(name: "ValidationException", message: "messages: at least one is required.")
        }
        for message in messages {
            guard ["user", "assistant"].contains(message["role"]?.string), let content = message["content"]?.array,
                !content.isEmpty
            else { throw Fault(name: "ValidationException", message: "messages: each needs a role and content.") }
            let texts = content.compactMap { $0["text"]?.string }
            textBytes += texts.reduce(0) { $0 + $1.utf8.count }
            self.message = texts.last ?? ""
        }
        guard messages[0]["role"]?.string == "user" else {
            throw Fault(name: "ValidationException", message: "messages: the first must be from the user.")
        }
        textBytes += (value["system"]?.array ?? []).reduce(0) { $0 + ($1["text"]?.string ?? "").utf8.count }
        if let limit = value["inferenceConfig"]?["maxTokens"] {
            guard let number = limit.integer, number >= 1 else {
                throw Fault(name: "ValidationException", message: "inferenceConfig.maxTokens: must be at least 1.")
            }
            maxTokens = number
        }
        requestMetadata = value["requestMetadata"]
    }

    struct Fault: Error {
        let name: String
        let message: String
    }
}

/// A call to the model, with its token counts and what is billed for it.
struct ModelCall {
    var number: Int
    var modelId: String
    var isStream: Bool
    var inputTokens: Int
    var outputTokens: Int
    var stopReason: String
    var fault: Fault?
    var requestMetadata: JSONValue?
    var message: String

    /// Returns the call's line in the journal.
    func line(isDelivered: Bool) -> String {
        let value: JSONValue = [
            "call": .integer(number), "model": .string(modelId), "stream": .bool(isStream),
            "inputTokens": .integer(inputTokens), "outputTokens": .integer(outputTokens),
            "delivered": .bool(isDelivered), "fault": JSONValue(fault?.rawValue),
            "requestMetadata": requestMetadata ?? .null, "message": .string(String(message.prefix(80))),
        ]
        return value.text() + "\n"
    }

    /// The token counts that the answer reports.
    var usage: String {
        if fault == .absurdUsage {
            return "{\"inputTokens\":\(Int.max),\"outputTokens\":\(Int.max),\"totalTokens\":\(Int.max)}"
        }
        let total = inputTokens + outputTokens
        return "{\"inputTokens\":\(inputTokens),\"outputTokens\":\(outputTokens),\"totalTokens\":\(total)}"
    }
}
