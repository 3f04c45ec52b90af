package import PurserCore

extension DeadLetter {
    /// Creates a letter from a request and its failure; it contains the request itself only if texts are kept.
    package init(_ request: ChatRequest, _ failure: ChatFailure, at time: Timestamp, keepsText: Bool) {
        self.init(
            requestId: request.requestId,
            correlationId: request.correlationId,
            time: time,
            caller: request.caller,
            modelId: failure.modelId,
            code: failure.code,
            error: failure.error.name.rawValue,
            // Our own message, because the model's may quote the request.
            message: failure.message,
            attempts: failure.retries + 1,
            characters: request.content.characters,
            content: keepsText ? request.keptContent.text() : nil
        )
    }

    /// Returns the request for another attempt, under a new id: the ledger already has the first call, and would treat
    /// the same id as the same call.
    ///
    /// Returns nil if no text was kept; throws ``ChatRefusal/invalidRequest(_:)`` if the kept content cannot be read.
    package func request(id: String) throws(ChatRefusal) -> ChatRequest? {
        guard let content else { return nil }
        let kept = try JSONBody.object(Array(content.utf8))
        let body: ChatRequest.Content
        // What the credentials say is in the letter's own fields, and what the request says is in the request.
        var names = LoggedNames(nil)
        if let modelId = kept["modelId"]?.string, let document = kept["converse"]?.string {
            let document = try ConverseDocument(parsing: Array(document.utf8))
            names = document.names
            body = .converse(document, modelId: modelId)
        } else if let message = kept["message"]?.string {
            var turns: [ChatMessage] = []
            for turn in kept["conversation"]?.array ?? [] {
                guard let role = turn["role"]?.string.flatMap(ChatMessage.Role.init), let text = turn["content"]?.string
                else { throw .invalidRequest("The letter's conversation cannot be read.") }
                turns.append(ChatMessage(role, text))
            }
            body = .message(message, conversation: turns)
        } else {
            throw .invalidRequest("The letter's content cannot be read.")
        }
        return ChatRequest(
            requestId: id,
            correlationId: correlationId,
            caller: caller.saying(names, session: kept["session"]?.string),
            content: body,
            maxTokens: kept["maxTokens"]?.integer,
            allowedModels: kept["allowedModels"]?.array?.compactMap(\.string)
        )
    }
}

extension ChatRequest {
    /// Everything that another attempt needs in addition to the letter's other fields.
    fileprivate var keptContent: JSONValue {
        var members: [JSONValue.Member] =
            switch content {
            case .message(let message, let conversation):
                [
                    .init("message", .string(message)),
                    .init(
                        "conversation",
                        .array(conversation.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] })
                    ),
                ]
            case .converse(let document, let modelId):
                // As a string, because it must be passed on unchanged.
                [
                    .init("modelId", .string(modelId)),
                    .init("converse", .string(String(decoding: document.bytes, as: UTF8.self))),
                ]
            }
        if let session = caller.session { members.append(.init("session", .string(session))) }
        if let maxTokens { members.append(.init("maxTokens", .integer(maxTokens))) }
        if let allowedModels { members.append(.init("allowedModels", .array(allowedModels.map(JSONValue.string)))) }
        return .object(members)
    }
}

extension ChatRequest.Content {
    /// The number of Unicode scalars in a message and its conversation, or in the whole body of a Converse request.
    fileprivate var characters: Int {
        switch self {
        case .message(let message, let conversation):
            conversation.reduce(message.unicodeScalars.count) { $0 + $1.text.unicodeScalars.count }
        case .converse(let document, _): String(decoding: document.bytes, as: UTF8.self).unicodeScalars.count
        }
    }
}
