package import PurserCore
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

    package var description: String {
        name.rawValue + ": " + message
    }
}

extension ModelError {
    /// How an error is treated and answered.
    package struct Treatment: Sendable {
        /// The exception as Bedrock would return it; for an error of our own, the closest one.
        package var exception: BedrockException
        /// Whether another attempt may get an answer (throttling, timeouts, 5xx, connection errors).
        var isRetryable = false
        /// Whether the model may have worked and be billed although no usage was returned.
        var mayBeCharged = false
        /// One sentence for callers that do not know of Bedrock.
        var advice = "The model is not available at the moment; try again in a minute."
        /// The caller's message, if it must differ from the operator's.
        fileprivate var words: String?
    }

    package var treatment: Treatment {
        let busy = "The model is busy; try again in a minute."
        let late = "The model took too long to answer; try again in a minute."
        let shut = "The model is not available to this service."
        let lost = "The model could not be reached."
        return switch name {
        case .throttling: Treatment(exception: .throttling, isRetryable: true, advice: busy)
        case .modelNotReady: Treatment(exception: .modelNotReady, isRetryable: true, advice: busy)
        case .internalServer: Treatment(exception: .internalServer, isRetryable: true)
        case .serviceUnavailable: Treatment(exception: .serviceUnavailable, isRetryable: true)
        case .modelTimeout:
            Treatment(exception: .modelTimeout, isRetryable: true, mayBeCharged: true, advice: late)
        case .modelStream: Treatment(exception: .modelStream, isRetryable: true, mayBeCharged: true)
        case .validation: Treatment(exception: .validation, advice: "The model did not take this request.")
        case .serviceQuotaExceeded: Treatment(exception: .serviceQuotaExceeded, advice: busy)
        // Bedrock denies access to this service; the caller's own key is valid.
        case .accessDenied: Treatment(exception: .accessDenied, advice: shut, words: shut)
        case .resourceNotFound: Treatment(exception: .resourceNotFound, advice: shut)
        case .model: Treatment(exception: .model)
        case .unusableAnswer:
            Treatment(exception: .internalServer, mayBeCharged: true, words: "The model's answer could not be read.")
        case .timeout:
            Treatment(
                exception: .modelTimeout,
                isRetryable: true,
                mayBeCharged: true,
                advice: late,
                words: "The model did not answer in time."
            )
        case .connection:
            Treatment(exception: .serviceUnavailable, isRetryable: true, mayBeCharged: true, words: lost)
        case .unreachable: Treatment(exception: .serviceUnavailable, isRetryable: true, words: lost)
        case .credentials: Treatment(exception: .serviceUnavailable, words: lost)
        case .cancelled: Treatment(exception: .serviceUnavailable, mayBeCharged: true, words: lost)
        }
    }

    /// The message for a caller of Bedrock's interface.
    package var exceptionMessage: String {
        treatment.words ?? message
    }
}
