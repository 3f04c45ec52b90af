/// The error of an attempt that got no answer, under Bedrock's name for it.
package struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Name: String, Sendable, CaseIterable {
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
        /// An answer arrived that cannot be used, because it is too long or lacks its token counts; our own name.
        case unusableAnswer = "UnusableAnswer"
        /// No answer within the time limit; our own name.
        case timeout = "Timeout"
        /// The connection broke while the request was in flight; our own name.
        case connection = "ConnectionError"
        /// No connection could be made, so the request was not sent; our own name.
        case unreachable = "Unreachable"
        /// There are no credentials to call Bedrock with, so the request was not sent; our own name.
        case credentials = "CredentialsUnavailable"
        /// The caller disconnected; our own name.
        case cancelled = "Cancelled"
    }

    package var name: Name
    package var message: String

    package init(_ name: Name, _ message: String) {
        self.name = name
        self.message = message
    }

    /// Whether another attempt may get an answer (throttling, timeouts, 5xx, connection errors).
    package var isRetryable: Bool {
        switch name {
        case .throttling, .modelNotReady, .internalServer, .serviceUnavailable, .modelTimeout, .modelStream, .timeout,
            .connection, .unreachable:
            true
        case .validation, .serviceQuotaExceeded, .accessDenied, .resourceNotFound, .model, .unusableAnswer,
            .credentials, .cancelled:
            false
        }
    }

    package var isThrottling: Bool {
        name == .throttling || name == .modelNotReady
    }

    /// Whether the model may have worked and be billed although no usage was returned.
    package var mayBeCharged: Bool {
        switch name {
        case .modelTimeout, .modelStream, .timeout, .connection, .unusableAnswer, .cancelled: true
        default: false
        }
    }

    package var description: String {
        name.rawValue + ": " + message
    }
}
