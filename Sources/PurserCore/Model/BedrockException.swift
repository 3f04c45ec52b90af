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
    package var memberName: String {
        rawValue.prefix(1).lowercased() + rawValue.dropFirst()
    }
}
