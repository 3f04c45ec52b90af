package import PurserCore

/// One turn of a conversation.
package struct ChatMessage: Sendable, Equatable {
    package enum Role: String, Sendable {
        case user
        case assistant
    }

    package var role: Role
    package var text: String

    package init(_ role: Role, _ text: String) {
        self.role = role
        self.text = text
    }
}

/// A question to the service, with the preceding conversation.
package struct ChatRequest: Sendable {
    /// The question, in one of two forms.
    package enum Content: Sendable {
        /// A message with the earlier turns, oldest first.
        case message(String, conversation: [ChatMessage])
        /// A request in the format of Bedrock's Converse, to which the service's own prompt and character limit do not
        /// apply.
        case converse(ConverseDocument, modelId: String)
    }

    /// Must never be reused: the ledger treats the same id as the same call.
    package var requestId: String
    package var correlationId: String
    /// The W3C trace context of the request, passed on to the model's endpoint.
    package var traceParent: String?
    /// Whether an AWS SDK sent it, which has its own time limit and retries.
    package var isFromSDK: Bool
    /// When the caller stops waiting, if it says so; no retry begins after that.
    package var deadline: Timestamp?
    /// Whether the caller has disconnected.
    package var isCallerGone: @Sendable () -> Bool
    package var caller: Caller
    package var content: Content
    /// The maximum number of tokens in the answer; nil means the configured limit.
    package var maxTokens: Int?
    /// The ids of the models that the caller may use, exactly as passed to Bedrock; nil means any model with a price.
    package var allowedModels: [String]?

    package init(
        requestId: String,
        correlationId: String,
        traceParent: String? = nil,
        isFromSDK: Bool = false,
        deadline: Timestamp? = nil,
        isCallerGone: @escaping @Sendable () -> Bool = { false },
        caller: Caller = Caller(),
        content: Content,
        maxTokens: Int? = nil,
        allowedModels: [String]? = nil
    ) {
        self.requestId = requestId
        self.correlationId = correlationId
        self.traceParent = traceParent
        self.isFromSDK = isFromSDK
        self.deadline = deadline
        self.isCallerGone = isCallerGone
        self.caller = caller
        self.content = content
        self.maxTokens = maxTokens
        self.allowedModels = allowedModels
    }

    package init(
        requestId: String,
        correlationId: String,
        caller: Caller = Caller(),
        message: String,
        conversation: [ChatMessage] = [],
        maxTokens: Int? = nil
    ) {
        self.init(
            requestId: requestId,
            correlationId: correlationId,
            caller: caller,
            content: .message(message, conversation: conversation),
            maxTokens: maxTokens
        )
    }
}

extension ChatRequest.Content {
    /// The maximum number of earlier turns that a message may have.
    package static let longestConversation = 100

    /// Reads `{"message": "...", "conversation": [{"role": "user", "content": "..."}, ...]}`; throws
    /// ``ChatRefusal/invalidRequest(_:)``, which says what is wrong and where.
    package init(chat bytes: [UInt8]) throws(ChatRefusal) {
        let value = try JSONBody.object(bytes)
        for member in value.members ?? [] where member.name != "message" && member.name != "conversation" {
            throw .invalidRequest("\(JSONBody.shown(member.key)): only `message` and `conversation` are allowed.")
        }
        guard let message = value["message"]?.string else {
            throw .invalidRequest("message: a text is needed.")
        }
        guard let turns = (value["conversation"] ?? .array([])).array else {
            throw .invalidRequest("conversation: a list of turns is needed.")
        }
        guard turns.count <= Self.longestConversation else {
            throw .invalidRequest(
                "conversation: \(turns.count) turns; at most \(Self.longestConversation) are allowed."
            )
        }
        var conversation: [ChatMessage] = []
        for (number, turn) in turns.enumerated() {
            // Bedrock requires alternating turns, starting with the caller's; the new message is also the caller's.
            let role: ChatMessage.Role = number.isMultiple(of: 2) ? .user : .assistant
            guard turn["role"]?.string == role.rawValue, let text = turn["content"]?.string, turn.members?.count == 2
            else {
                throw .invalidRequest(
                    "conversation[\(number)]: {\"role\": \"\(role.rawValue)\", \"content\": text} is needed here."
                )
            }
            conversation.append(ChatMessage(role, text))
        }
        guard turns.count.isMultiple(of: 2) else {
            throw .invalidRequest("conversation: its last turn must be the assistant's.")
        }
        self = .message(message, conversation: conversation)
    }
}
