/// Sends HTTP requests and waits for their responses; any number of threads may send at once.
///
/// Each request has its own connection and is sent once. On a connection kept from an earlier request, libcurl sends a
/// request again if the first attempt gets no response, and a call that costs money must not be paid for twice.
///
/// Certificates are verified, redirects are returned instead of followed, and `http_proxy`, `https_proxy`, `all_proxy`
/// and `no_proxy` determine whether a proxy is used.
package struct HTTPClient: Sendable {
    private let limits: HTTPLimits

    /// - Parameters:
    ///   - connectTimeoutSeconds: Time limit for resolving the host, connecting and TLS.
    ///   - timeoutSeconds: Time limit for the whole request, until the last byte of the response.
    ///   - responseLimitBytes: The maximum size of a response's body in bytes, and also of its headers.
    ///   - certificateBundle: A file of certificates to use instead of the system's: AWS_CA_BUNDLE.
    ///   - usesProxy: False for requests that must not leave the machine.
    package init(
        connectTimeoutSeconds: Double = 5,
        timeoutSeconds: Double = 15,
        responseLimitBytes: Int = 1 << 20,
        certificateBundle: String? = nil,
        usesProxy: Bool = true
    ) {
        self.limits = HTTPLimits(
            connectTimeoutMilliseconds: HTTPLimits.milliseconds(connectTimeoutSeconds),
            timeoutMilliseconds: HTTPLimits.milliseconds(timeoutSeconds),
            responseBytes: responseLimitBytes,
            certificateBundle: certificateBundle,
            usesProxy: usesProxy
        )
    }

    /// Returns the file that AWS_CA_BUNDLE names; an empty variable counts as not set.
    package static func certificateBundle(_ environment: [String: String]) -> String? {
        environment["AWS_CA_BUNDLE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Sends a request and returns the server's response, whatever its status; throws if there is no response.
    package func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        try request.checkHeaders()
        return try CurlHandle(host: request.url.host).perform(request, limits)
    }
}

/// The limits of one request.
struct HTTPLimits: Sendable {
    let connectTimeoutMilliseconds: Int
    var timeoutMilliseconds: Int
    let responseBytes: Int
    let certificateBundle: String?
    let usesProxy: Bool

    /// Returns at least 1, because libcurl takes 0 to mean no limit, and at most a day.
    static func milliseconds(_ seconds: Double) -> Int {
        Int(min(max(1, seconds * 1000), 86_400_000))
    }
}

extension HTTPRequest {
    /// Throws if the request is malformed: a line break in a header would begin another header, or the body.
    func checkHeaders() throws(HTTPError) {
        guard !method.isEmpty, method.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
            throw HTTPError(host: url.host, reason: .invalidRequest, detail: "the method is not in capital letters")
        }
        for header in headers {
            guard !header.name.isEmpty, header.name.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x3a }) else {
                throw HTTPError(host: url.host, reason: .invalidRequest, detail: "a header name is malformed")
            }
            guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
                let detail = "the header \(header.name) contains a line break or a control character"
                throw HTTPError(host: url.host, reason: .invalidRequest, detail: detail)
            }
        }
    }
}
