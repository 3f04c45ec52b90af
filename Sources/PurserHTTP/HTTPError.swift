import CCurl

/// A request that got no response: the host, what happened, and whether a retry may succeed.
package struct HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        /// The name of the host or the proxy cannot be resolved.
        case unresolvedHost
        /// Nothing is listening at the address, or it cannot be reached.
        case notConnected
        case timedOut
        /// The connection was lost before the response was complete.
        case connectionLost
        /// The TLS handshake failed, or the connection was lost during it.
        case tlsHandshake
        /// The certificate is not for this host, has expired, or is not signed by a trusted authority.
        case untrustedCertificate
        /// The response is not HTTP.
        case malformedAnswer
        /// The response is longer than this many bytes.
        case answerTooLong(limitBytes: Int)
        /// The request can never be sent as it is.
        case invalidRequest
        /// The task was cancelled, or the connections were shut down.
        case cancelled
        /// A failure in this process, such as a lack of memory.
        case failed
    }

    package let host: String
    package let reason: Reason
    /// Details in libcurl's words; may be empty.
    package let detail: String
    /// Whether the server may have received the request and may have done what it asks for.
    package let wasSent: Bool

    /// - Parameter wasSent: Nil to derive it from the reason.
    package init(host: String, reason: Reason, detail: String = "", wasSent: Bool? = nil) {
        self.host = host
        self.reason = reason
        self.detail = detail
        self.wasSent = wasSent ?? reason.isAfterSending
    }

    /// Whether the same request may succeed later without a change on this side.
    package var isRetryable: Bool {
        switch reason {
        case .unresolvedHost, .notConnected, .timedOut, .connectionLost, .tlsHandshake, .malformedAnswer, .failed: true
        case .untrustedCertificate, .answerTooLong, .invalidRequest, .cancelled: false
        }
    }

    package var description: String {
        host + ": " + words + (detail.isEmpty ? "" : " (\(detail))")
    }

    private var words: String {
        switch reason {
        case .unresolvedHost: "the name cannot be resolved"
        case .notConnected: "no connection"
        case .timedOut: "timed out"
        case .connectionLost: "the connection was lost"
        case .tlsHandshake: "the TLS handshake failed"
        case .untrustedCertificate: "the certificate is not trusted"
        case .malformedAnswer: "the response is not HTTP"
        case .answerTooLong(let limit): "the response is longer than \(limit) bytes"
        case .invalidRequest: "the request cannot be sent"
        case .cancelled: "the request was cancelled"
        case .failed: "the request failed"
        }
    }
}

extension HTTPError.Reason {
    /// False if the failure happens before the request's first byte is sent.
    fileprivate var isAfterSending: Bool {
        switch self {
        case .unresolvedHost, .notConnected, .tlsHandshake, .untrustedCertificate, .invalidRequest: false
        case .timedOut, .connectionLost, .malformedAnswer, .answerTooLong, .cancelled, .failed: true
        }
    }

    init(_ code: CURLcode) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolvedHost
            case CURLE_COULDNT_CONNECT, CURLE_PROXY: .notConnected
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .connectionLost
            case CURLE_SSL_CONNECT_ERROR: .tlsHandshake
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
                CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
                .untrustedCertificate
            // libcurl takes a response without a status line for HTTP/0.9, and then reports that protocol as
            // unsupported.
            case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: .malformedAnswer
            default: .failed
            }
    }
}
