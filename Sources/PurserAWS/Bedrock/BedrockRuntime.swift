package import PurserCore
package import PurserHTTP

/// Bedrock's Converse and ConverseStream in one region.
///
/// Each call is sent to a model once. A second, newly signed request is sent only if the first is rejected before it
/// reaches a model, because of clock skew or expired credentials.
package struct BedrockRuntime: Sendable {
    /// `us-east-1`.
    package let region: String
    /// The address without a trailing slash.
    private let base: String
    private let connections: HTTPConnections
    private let credentials: CredentialSource
    private let clock: AWSClock
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - environment: The source of the region (AWS_REGION, AWS_DEFAULT_REGION or the profile) and of a custom
    ///     address (AWS_ENDPOINT_URL_BEDROCK_RUNTIME or AWS_ENDPOINT_URL); see ``AWSEndpoint``.
    ///   - credentials: By default from the environment; see ``CredentialChain``.
    ///   - clock: The known offset of AWS's clock, preferably shared with the process's other clients.
    ///   - now: This machine's time.
    package init(
        environment: [String: String],
        connections: HTTPConnections,
        credentials: CredentialSource? = nil,
        clock: AWSClock = AWSClock(),
        now: @escaping @Sendable () -> Timestamp = WallClock.now
    ) throws(BedrockError) {
        do {
            guard let region = try SharedProfiles(environment, readFile: CredentialChain.read).region else {
                let words = "no region: it is not set in AWS_REGION, AWS_DEFAULT_REGION or the profile"
                throw BedrockError(.configuration, words)
            }
            let endpoint = try AWSEndpoint(service: "bedrock-runtime", region: region, environment: environment)
            self.region = region
            let text = endpoint.url.text
            base = String(text[...(text.lastIndex { $0 != "/" } ?? text.startIndex)])
        } catch let error as BedrockError {
            throw error
        } catch {
            throw BedrockError(.configuration, "\(error)")
        }
        self.connections = connections
        self.credentials = credentials ?? CredentialSource(environment: environment, clock: clock)
        self.clock = clock
        self.now = now
    }

    /// How long a call may take, except for finding credentials.
    package struct Limits: Sendable {
        /// The longest time without a byte of the response, also before its first; nil means no limit.
        package var silenceSeconds: Double?
        /// Time limit for the whole call, until the last byte.
        package var totalSeconds: Double

        package init(silenceSeconds: Double? = nil, totalSeconds: Double) {
            self.silenceSeconds = silenceSeconds
            self.totalSeconds = totalSeconds
        }
    }

    /// Returns the response's JSON as Bedrock sent it, and Bedrock's id of the request.
    ///
    /// - Parameters:
    ///   - modelId: A model, an inference profile or an ARN, as passed to Bedrock.
    ///   - body: The request's JSON.
    ///   - traceParent: The W3C trace context, passed on unchanged.
    package func converse(
        modelId: String,
        body: [UInt8],
        limits: Limits,
        traceParent: String? = nil
    ) async throws(BedrockError) -> (document: [UInt8], requestId: String?) {
        let type = "application/json"
        let response = try await call("converse", modelId, body, accepts: type, limits, traceParent) {
            request,
            limits throws(HTTPError) in
            let response = try await connections.send(
                request,
                timeoutSeconds: limits.totalSeconds,
                idleTimeoutSeconds: limits.silenceSeconds
            )
            return (200..<300).contains(response.status) ? .answered(response) : .refused(response)
        }
        return (response.body, Self.requestId(response.headers))
    }

    /// Returns the response as a stream of events, once its first bytes have arrived.
    ///
    /// The parameters are those of ``converse(modelId:body:limits:traceParent:)``.
    package func converseStream(
        modelId: String,
        body: [UInt8],
        limits: Limits,
        traceParent: String? = nil
    ) async throws(BedrockError) -> BedrockStream {
        let type = "application/vnd.amazon.eventstream"
        return try await call("converse-stream", modelId, body, accepts: type, limits, traceParent) {
            request,
            limits throws(HTTPError) in
            let stream = try await connections.open(
                request,
                timeoutSeconds: limits.totalSeconds,
                idleTimeoutSeconds: limits.silenceSeconds
            )
            guard !(200..<300).contains(stream.status) else { return .answered(BedrockStream(stream)) }
            var response = HTTPResponse(status: stream.status, headers: stream.headers)
            while response.body.count < Self.longestRefusal, let piece = try await stream.next() {
                response.body += piece
            }
            return .refused(response)
        }
    }

    /// Throws if there is no response from Bedrock's address; any response will do, and the request costs nothing.
    package func ping(timeoutSeconds: Double = 5) async throws(BedrockError) {
        do {
            _ = try await connections.send(HTTPRequest(url: try url("")), timeoutSeconds: timeoutSeconds)
        } catch let error as HTTPError {
            throw BedrockError(error)
        } catch {
            throw BedrockError(.configuration, "\(error)")
        }
    }

    /// Returns Bedrock's id of the request that these headers answer; nil if it is missing or not an id.
    static func requestId(_ headers: [HTTPHeader]) -> String? {
        let id = headers.first { $0.lowercasedName == "x-amzn-requestid" }?.value
        let isPlain = id?.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x5c } ?? false
        return isPlain && id?.isEmpty == false ? id.map { String($0.prefix(longestRequestId)) } : nil
    }

    private static let longestRequestId = 128
    private static let longestRefusal = 64 << 10

    private func url(_ path: String) throws(HTTPURLError) -> HTTPURL {
        try HTTPURL(base + "/" + path)
    }
}

extension BedrockRuntime {
    private enum Answer<Value> {
        case answered(Value)
        case refused(HTTPResponse)
    }

    private func call<Value>(
        _ operation: String,
        _ modelId: String,
        _ body: [UInt8],
        accepts type: String,
        _ limits: Limits,
        _ traceParent: String?,
        send: (HTTPRequest, Limits) async throws(HTTPError) -> Answer<Value>
    ) async throws(BedrockError) -> Value {
        let keys = try await keys()
        let request: HTTPRequest
        do {
            // Encoded once here; the signature encodes the path a second time.
            request = HTTPRequest(
                method: "POST",
                url: try url("model/" + PercentEncoding.encode(modelId) + "/" + operation),
                headers: [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", type)],
                body: body
            )
        } catch {
            throw BedrockError(.configuration, error.description)
        }
        var call = SignedCall(request, service: "bedrock", region: region, keys, clock)
        let start = ContinuousClock.now
        do {
            while true {
                var signed = call.signed(at: now())
                // Not signed, because an intermediary may replace it.
                if let traceParent { signed.headers.append(HTTPHeader("traceparent", traceParent)) }
                var left = limits
                left.totalSeconds -= start.duration(to: .now) / .seconds(1)
                switch try await send(signed, left) {
                case .answered(let answer): return answer
                case .refused(let response):
                    switch call.remedy(response) {
                    case .none: throw BedrockError(response)
                    case .clock: continue
                    case .credentials:
                        guard let new = await credentials.replacement(for: call.credentials) else {
                            throw BedrockError(response)
                        }
                        call.credentials = new
                    }
                }
            }
        } catch let error as HTTPError {
            throw BedrockError(error)
        } catch let error as BedrockError {
            throw error
        } catch {
            throw BedrockError(.configuration, "\(error)")
        }
    }

    private func keys() async throws(BedrockError) -> AWSCredentials {
        do {
            return try await credentials.credentials()
        } catch {
            throw BedrockError(.credentials, "\(error)")
        }
    }
}
