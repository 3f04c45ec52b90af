package import PurserHTTP

/// Why a call to Bedrock got no usable response.
package struct BedrockError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// Bedrock's exception, such as `ThrottlingException`, and the response's status; nil for an exception in a
        /// stream.
        case exception(String, status: Int?)
        /// A response that is not from Bedrock but from a proxy or a wrong endpoint.
        case elsewhere(status: Int)
        /// No response, and whether Bedrock may have received the request.
        case unanswered(HTTPError.Reason, wasSent: Bool)
        /// A stream that is damaged, or ends before its last event.
        case brokenStream
        /// No credentials to sign with; the request was not sent.
        case credentials
        /// No region or no valid address; the request was not sent.
        case configuration
    }

    package var kind: Kind
    /// What happened, for operators.
    package var message: String
    /// Bedrock's id of the request; nil if there was no response.
    package var requestId: String?

    package init(_ kind: Kind, _ message: String, requestId: String? = nil) {
        self.kind = kind
        self.message = message
        self.requestId = requestId
    }

    package var description: String {
        switch kind {
        case .exception(let name, let status):
            name + (status.map { " (HTTP status \($0))" } ?? "") + (message.isEmpty ? "" : ": " + message)
        default: message
        }
    }
}

extension BedrockError {
    init(_ error: HTTPError) {
        self.init(.unanswered(error.reason, wasSent: error.wasSent), error.description)
    }

    /// Reads a response whose status does not indicate success.
    init(_ response: HTTPResponse) {
        if let fault = AWSFault(response) {
            self.init(
                .exception(fault.code, status: fault.status),
                fault.message,
                requestId: BedrockRuntime.requestId(response.headers)
            )
        } else {
            let words = "HTTP status \(response.status), and the response is not from Bedrock"
            self.init(.elsewhere(status: response.status), words)
        }
    }
}
