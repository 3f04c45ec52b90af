/// An error of Bedrock's runtime, with the HTTP status of its response.
///
/// Source: the errors of Converse in Amazon Bedrock's API reference.
package enum BedrockException: String, Sendable {
    case accessDenied = "AccessDeniedException"
    case internalServer = "InternalServerException"
    case model = "ModelErrorException"
    case modelNotReady = "ModelNotReadyException"
    case modelStream = "ModelStreamErrorException"
    case modelTimeout = "ModelTimeoutException"
    case resourceNotFound = "ResourceNotFoundException"
    case serviceQuotaExceeded = "ServiceQuotaExceededException"
    case serviceUnavailable = "ServiceUnavailableException"
    case throttling = "ThrottlingException"
    case unknownOperation = "UnknownOperationException"
    case validation = "ValidationException"

    package var status: Int {
        switch self {
        case .serviceQuotaExceeded, .validation: 400
        case .accessDenied: 403
        case .resourceNotFound, .unknownOperation: 404
        case .modelTimeout: 408
        case .model, .modelStream: 424
        case .modelNotReady, .throttling: 429
        case .internalServer: 500
        case .serviceUnavailable: 503
        }
    }

    /// The name in an event stream, where exceptions are spelled like JSON members: `throttlingException`.
    ///
    /// ConverseStream has only five exceptions; SDKs show neither the name nor the message of any other, so each of the
    /// others is reported as the closest of the five. Source: `ConverseStreamOutput` in Amazon Bedrock's API reference.
    package var memberName: String {
        switch self {
        case .throttling, .modelNotReady: "throttlingException"
        case .serviceUnavailable: "serviceUnavailableException"
        case .internalServer: "internalServerException"
        case .model, .modelStream, .modelTimeout: "modelStreamErrorException"
        case .accessDenied, .resourceNotFound, .serviceQuotaExceeded, .unknownOperation, .validation:
            "validationException"
        }
    }
}
