import PurserCore
package import PurserHTTP

/// What the blocking calls of a client have in common: credentials, the known offset of AWS's clock, and the HTTP
/// client.
package struct AWSSession: Sendable {
    let environment: [String: String]
    private let credentials: CredentialSource
    private let sendSigned: @Sendable (HTTPRequest) throws -> HTTPResponse
    private let clock: AWSClock

    /// Creates a session with its endpoints and credentials from the environment or the shared files; see
    /// ``CredentialChain``.
    package init(environment: [String: String], http: HTTPClient? = nil) {
        let clock = AWSClock()
        let http = http ?? HTTPClient(certificateBundle: HTTPClient.certificateBundle(environment))
        self.init(
            environment: environment,
            credentials: CredentialSource(environment: environment, clock: clock),
            clock: clock,
            send: { try http.send($0) }
        )
    }

    /// - Parameters:
    ///   - environment: The source of endpoints and the region; see ``AWSEndpoint``.
    ///   - clock: The known offset of AWS's clock. A refusal because of clock skew corrects it.
    ///   - send: Sends a signed request; throws ``HTTPError`` if there is no response.
    package init(
        environment: [String: String],
        credentials: CredentialSource,
        clock: AWSClock = AWSClock(),
        send: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) {
        self.environment = environment
        self.credentials = credentials
        self.clock = clock
        sendSigned = send
    }

    /// Returns a service's response to a request, whatever its status.
    ///
    /// - Parameter time: The current time, which AWS compares with its own clock (15 minutes either way).
    func send(
        _ request: HTTPRequest,
        service: String,
        region: String,
        at time: Timestamp
    ) throws(AWSCallError) -> HTTPResponse {
        let keys: AWSCredentials
        do {
            keys = try credentials.blockingCredentials()
        } catch {
            throw .credentials("\(error)")
        }
        var call = SignedCall(request, service: service, region: region, keys, clock)
        let start = ContinuousClock.now
        do {
            return try call.response(
                at: { Timestamp(milliseconds: time.milliseconds + Int64(start.duration(to: .now) / .milliseconds(1))) },
                by: sendSigned,
                replacement: { credentials.blockingReplacement(for: $0) }
            )
        } catch let error as HTTPError {
            throw .unanswered(error)
        } catch {
            throw .endpoint("\(error)")
        }
    }
}

/// Why a call was not carried out, or may not have been.
enum AWSCallError: Error, CustomStringConvertible {
    case credentials(String)
    case endpoint(String)
    case unanswered(HTTPError)
    /// The response is from a proxy or a wrong endpoint.
    case elsewhere(status: Int)
    case refused(AWSFault)

    /// Whether the same call may succeed a little later without any change.
    var isPassing: Bool {
        switch self {
        case .credentials, .endpoint: false
        case .unanswered(let error): error.isRetryable
        case .elsewhere(let status): status >= 500
        case .refused(let fault): fault.isPassing
        }
    }

    var description: String {
        switch self {
        case .credentials(let words), .endpoint(let words): words
        case .unanswered(let error): error.description
        case .elsewhere(let status): "HTTP status \(status), and the response is not from the service"
        case .refused(let fault): fault.description
        }
    }
}
