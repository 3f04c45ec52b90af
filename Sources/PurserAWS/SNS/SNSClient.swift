public import PurserCore
public import PurserHTTP

/// What became of one attempt to publish a message.
public enum PublishResult: Sendable, Equatable {
    /// SNS has taken the message and will deliver it.
    case sent(messageID: String)
    /// Not taken, but a later attempt may succeed, without or after somebody mends the configuration.
    case retryable(reason: String)
    /// SNS will refuse this message at every attempt.
    case rejected(reason: String)
}

/// Publishes messages to SNS topics, in the region that each topic's ARN names.
public struct SNSClient: Sendable {
    private let environment: [String: String]
    private let credentials: @Sendable () throws -> AWSCredentials
    private let send: @Sendable (HTTPRequest) throws -> HTTPResponse
    private let clock: AWSClock

    /// A client with its endpoint and its credentials from the environment or the shared files, see ``CredentialChain``.
    public init(environment: [String: String], http: HTTPClient) {
        let clock = AWSClock()
        let cache = CredentialCache { try CredentialChain(environment: environment, clock: clock).credentials() }
        self.init(
            environment: environment,
            credentials: { try cache.credentials() },
            send: { try http.send($0) },
            clock: clock
        )
    }

    /// - Parameters:
    ///   - environment: Read for the endpoint alone, see ``AWSEndpoint``.
    ///   - credentials: Asked at every attempt, so that keys that run out can be replaced.
    ///   - send: Gets a signed request; throws ``HTTPError`` where there is no answer.
    ///   - clock: What is known of AWS's time; a refusal for the clock's sake teaches it, and the request is sent again.
    public init(
        environment: [String: String],
        credentials: @escaping @Sendable () throws -> AWSCredentials,
        send: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse,
        clock: AWSClock = AWSClock()
    ) {
        self.environment = environment
        self.credentials = credentials
        self.send = send
        self.clock = clock
    }

    /// Tries once to publish a message; `time` is now, which SNS compares with its own clock (15 minutes either way).
    ///
    /// A configuration that lacks something (credentials, a sound endpoint) is `retryable`: the operator mends it, and
    /// the message must not be lost meanwhile.
    public func publish(_ message: SNSMessage, at time: Timestamp) -> PublishResult {
        do {
            let topic = try message.checkedTopic()
            let keys: AWSCredentials
            do {
                keys = try credentials()
            } catch {
                // Whatever is wrong at STS or in a file says nothing of the message.
                return .retryable(reason: "\(error)")
            }
            let endpoint = try AWSEndpoint(service: "sns", region: topic.region, environment: environment)
            let form = message.form.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
            let request = HTTPRequest(
                method: "POST",
                url: endpoint.url,
                headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
                body: Array(form.joined(separator: "&").utf8)
            )
            let signer = SigV4Signer(credentials: keys, service: "sns", region: topic.region)
            return PublishResult(try clock.send(request, signer, at: time, by: send))
        } catch let refusal as SNSMessage.Refusal {
            return .rejected(reason: refusal.reason)
        } catch let error as HTTPError where !error.isRetryable {
            return .rejected(reason: error.description)
        } catch {
            return .retryable(reason: "\(error)")
        }
    }
}
