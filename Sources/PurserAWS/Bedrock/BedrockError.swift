package import PurserHTTP

/// Why a call to Bedrock got no answer.
package struct BedrockError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// Bedrock's exception, `ThrottlingException`, and the answer's status; nil for an exception in a stream.
        case exception(String, status: Int?)
        /// An answer that is not Bedrock's: a proxy's, or a wrong endpoint's.
        case elsewhere(status: Int)
        /// No answer, and whether Bedrock may have received the request.
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

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
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

    /// Reads an answer whose status is not a success.
    init(_ response: HTTPResponse) {
        if let fault = AWSFault(response) {
            self.init(.exception(fault.code, status: fault.status), fault.message)
        } else {
            let words = "HTTP status \(response.status), and the answer is not Bedrock's"
            self.init(.elsewhere(status: response.status), words)
        }
    }
}
