package import PurserCore
package import PurserHTTP

/// The result of one attempt to publish a message.
package enum PublishResult: Sendable, Equatable {
    /// SNS has accepted the message and will deliver it.
    case sent(messageID: String)
    /// Not accepted, but a later attempt may succeed, with or without a change of the configuration.
    case retryable(reason: String)
    /// SNS will reject this message at every attempt.
    case rejected(reason: String)
}

/// Publishes messages to SNS topics, in the region that each topic's ARN names.
package struct SNSClient: Sendable {
    private let environment: [String: String]
    private let credentials: @Sendable () throws -> AWSCredentials
    private let send: @Sendable (HTTPRequest) throws -> HTTPResponse
    private let clock: AWSClock

    /// Creates a client with its endpoint and credentials from the environment or the shared files; see
    /// ``CredentialChain``.
    package init(environment: [String: String], http: HTTPClient) {
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
    ///   - environment: Read only for the endpoint; see ``AWSEndpoint``.
    ///   - credentials: Called for every attempt, so that expiring keys can be replaced.
    ///   - send: Sends a signed request; throws ``HTTPError`` if there is no answer.
    ///   - clock: The known offset of AWS's clock. A rejection because of clock skew corrects it, and the request is
    ///     resent.
    package init(
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

    /// Tries once to publish a message.
    ///
    /// `time` is the current time, which SNS compares with its own clock (15 minutes either way).
    ///
    /// An incomplete configuration (no credentials, no valid endpoint) is `retryable`: the operator can fix it, and the
    /// message must not be lost in the meantime.
    package func publish(_ message: SNSMessage, at time: Timestamp) -> PublishResult {
        do {
            let topic = try message.checkedTopic()
            let keys: AWSCredentials
            do {
                keys = try credentials()
            } catch {
                // A fault at STS or in a file says nothing about the message.
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
