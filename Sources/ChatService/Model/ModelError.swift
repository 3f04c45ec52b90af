package import PurserCore
/// The error of an attempt that got no answer, under Bedrock's name for it if there is one.
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
        /// The answer cannot be used, because it is too long or lacks its token counts (not one of Bedrock's names).
        case unusableAnswer = "UnusableAnswer"
        /// No answer within the time limit (not one of Bedrock's names).
        case timeout = "Timeout"
        /// The connection broke while the request was in flight (not one of Bedrock's names).
        case connection = "ConnectionError"
        /// No connection could be made, so the request was not sent (not one of Bedrock's names).
        case unreachable = "Unreachable"
        /// There are no credentials to call Bedrock with, so the request was not sent (not one of Bedrock's names).
        case credentials = "CredentialsUnavailable"
        /// The caller disconnected (not one of Bedrock's names).
        case cancelled = "Cancelled"

        /// Whether Bedrock has an exception of this name.
        package var isBedrocks: Bool {
            switch self {
            case .unusableAnswer, .timeout, .connection, .unreachable, .credentials, .cancelled: false
            default: true
            }
        }
    }

    package var name: Name
    package var message: String
    /// Bedrock's id of the request; nil if Bedrock did not respond.
    package var upstreamRequestId: String?
    /// Whether Purser wrote the message. One from elsewhere can quote the caller's text, so it must not be logged.
    package var isOwnMessage: Bool

    /// - Parameter isOwnMessage: By default true for names that are not Bedrock's.
    package init(_ name: Name, _ message: String, isOwnMessage: Bool? = nil) {
        self.name = name
        self.message = message
        self.isOwnMessage = isOwnMessage ?? !name.isBedrocks
    }

    package var description: String {
        name.rawValue + ": " + message
    }
}

extension ModelError {
    /// How an error is handled, and what the caller is told.
    package struct Treatment: Sendable {
        /// The exception as Bedrock would return it; for an error of our own, the closest one.
        package var exception: BedrockException
        /// Whether another attempt may get an answer (throttling, timeouts, 5xx, connection errors).
        var isRetryable = false
        /// Whether the model may have run and be billed even though no usage was returned.
        var mayBeCharged = false
        /// One sentence for callers that do not know about Bedrock.
        var chatMessage = "The model is not available at the moment; try again in a minute."
        /// The caller's message, if it must differ from the operator's.
        fileprivate var bedrockMessage: String?
    }

    /// Whether Bedrock limits the rate of calls at the moment.
    var isThrottling: Bool {
        name == .throttling || name == .modelNotReady
    }

    package var treatment: Treatment {
        let busy = "The model is busy; try again in a minute."
        let late = "The model took too long to answer; try again in a minute."
        let shut = "The model is not available to this service."
        let lost = "The model could not be reached."
        return switch name {
        case .throttling: Treatment(exception: .throttling, isRetryable: true, chatMessage: busy)
        case .modelNotReady: Treatment(exception: .modelNotReady, isRetryable: true, chatMessage: busy)
        case .internalServer: Treatment(exception: .internalServer, isRetryable: true)
        case .serviceUnavailable: Treatment(exception: .serviceUnavailable, isRetryable: true)
        case .modelTimeout:
            Treatment(exception: .modelTimeout, isRetryable: true, mayBeCharged: true, chatMessage: late)
        case .modelStream: Treatment(exception: .modelStream, isRetryable: true, mayBeCharged: true)
        case .validation: Treatment(exception: .validation, chatMessage: "The model rejected this request.")
        case .serviceQuotaExceeded: Treatment(exception: .serviceQuotaExceeded, chatMessage: busy)
        // Bedrock denies access to this service; the caller's own key is valid.
        case .accessDenied: Treatment(exception: .accessDenied, chatMessage: shut, bedrockMessage: shut)
        case .resourceNotFound: Treatment(exception: .resourceNotFound, chatMessage: shut)
        case .model: Treatment(exception: .model)
        case .unusableAnswer:
            // An exception that no SDK retries, because each attempt is charged.
            Treatment(
                exception: .model,
                mayBeCharged: true,
                bedrockMessage: "The model's answer could not be read."
            )
        case .timeout:
            Treatment(
                exception: .modelTimeout,
                isRetryable: true,
                mayBeCharged: true,
                chatMessage: late,
                bedrockMessage: "The model did not answer in time."
            )
        case .connection:
            Treatment(exception: .serviceUnavailable, isRetryable: true, mayBeCharged: true, bedrockMessage: lost)
        case .unreachable: Treatment(exception: .serviceUnavailable, isRetryable: true, bedrockMessage: lost)
        case .credentials: Treatment(exception: .serviceUnavailable, bedrockMessage: lost)
        case .cancelled: Treatment(exception: .serviceUnavailable, mayBeCharged: true, bedrockMessage: lost)
        }
    }

    /// The message for a caller of Bedrock's interface.
    package var exceptionMessage: String {
        treatment.bedrockMessage ?? message
    }
}
