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
        /// An answer came that cannot be used, because it is too long or lacks its token counts; a name of ours.
        case unusableAnswer = "UnusableAnswer"
        /// No answer in the time that was given; a name of ours.
        case timeout = "Timeout"
        /// The connection broke with the request under way; a name of ours.
        case connection = "ConnectionError"
        /// No connection could be made, so that the request was not sent; a name of ours.
        case unreachable = "Unreachable"
        /// There are no credentials to call Bedrock with, so that the request was not sent; a name of ours.
        case credentials = "CredentialsUnavailable"
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
            .connection, .unreachable:
            true
        case .validation, .serviceQuotaExceeded, .accessDenied, .resourceNotFound, .model, .unusableAnswer,
            .credentials, .cancelled:
            false
        }
    }

    public var isThrottling: Bool {
        name == .throttling || name == .modelNotReady
    }

    /// Whether the model may have worked and be billed although no usage came back.
    public var mayBeCharged: Bool {
        switch name {
        case .modelTimeout, .modelStream, .timeout, .connection, .unusableAnswer, .cancelled: true
        default: false
        }
    }

    public var description: String {
        name.rawValue + ": " + message
    }
}
