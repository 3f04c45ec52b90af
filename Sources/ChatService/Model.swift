public import PurserCore

/// The language model behind the service: Bedrock in production, ``EmbeddedModel`` in replays and tests.
public protocol Model: Sendable {
    /// Makes one attempt at one call.
    func converse(_ request: ModelRequest) async throws(ModelError) -> ModelResponse
}

/// One attempt at a model call, in the terms of Bedrock's Converse.
public struct ModelRequest: Sendable {
    /// The same for all attempts of a call.
    public var requestId: String
    /// 0 for the first attempt, then 1, 2, 3.
    public var attempt: Int
    public var modelId: String
    public var system: String
    /// The turns of the conversation, the newest message last.
    public var messages: [ChatMessage]
    public var maxTokens: Int
    /// How long the attempt may take.
    public var timeoutSeconds: Int
}

/// A model's answer.
public struct ModelResponse: Sendable, Equatable {
    public var text: String
    /// Converse's stopReason: `end_turn`, `max_tokens`.
    public var stopReason: String
    public var usage: TokenUsage

    public init(text: String, stopReason: String, usage: TokenUsage) {
        self.text = text
        self.stopReason = stopReason
        self.usage = usage
    }
}

/// An attempt that brought no answer, by the name that Bedrock gives it.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Name: String, Sendable, CaseIterable {
        case throttling = "ThrottlingException"
        case modelNotReady = "ModelNotReadyException"
        case internalServer = "InternalServerException"
        case serviceUnavailable = "ServiceUnavailableException"
        case modelTimeout = "ModelTimeoutException"
        case modelStream = "ModelStreamErrorException"
        case validation = "ValidationException"
        case serviceQuotaExceeded = "ServiceQuotaExceededException"
        case accessDenied = "AccessDeniedException"
        case resourceNotFound = "ResourceNotFoundException"
        case model = "ModelErrorException"
        /// No answer in the time that was given; a name of ours.
        case timeout = "Timeout"
        /// The connection could not be made or broke; a name of ours.
        case connection = "ConnectionError"
        /// The caller went away; a name of ours.
        case cancelled = "Cancelled"
    }

    public var name: Name
    public var message: String

    public init(_ name: Name, _ message: String) {
        self.name = name
        self.message = message
    }

    /// Whether another attempt may bring an answer (throttling, timeouts, 5xx, connection errors).
    public var isRetryable: Bool {
        switch name {
        case .throttling, .modelNotReady, .internalServer, .serviceUnavailable, .modelTimeout, .modelStream, .timeout,
            .connection:
            true
        case .validation, .serviceQuotaExceeded, .accessDenied, .resourceNotFound, .model, .cancelled: false
        }
    }

    public var isThrottling: Bool {
        name == .throttling || name == .modelNotReady
    }

    /// Whether the model may have worked and be billed although no usage came back.
    public var mayBeCharged: Bool {
        switch name {
        case .modelTimeout, .modelStream, .timeout, .connection, .cancelled: true
        default: false
        }
    }

    public var description: String {
        name.rawValue + ": " + message
    }
}
