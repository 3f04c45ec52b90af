import Synchronization

/// Sends HTTP requests over connections that are kept and shared; any number of tasks may send at once.
///
/// If the server offers HTTP/2 through ALPN, many calls at once use one connection; otherwise, calls use kept HTTP/1.1
/// connections. Each stream has its own HTTP/1.1 connection, which is kept for the next one, because libcurl's HTTP/2
/// flow control is too coarse (until 8.1, one stream with a slow reader stops the whole connection).
///
/// Each request is sent at most once. libcurl itself sends a request again if a kept connection ends without a response
/// (`Curl_retry_request`), although the server may have done the work and may charge for it. Here the second attempt is
/// stopped before its first byte, and the caller gets ``HTTPError/Reason-swift.enum/connectionLost``.
///
/// Certificates, redirects and proxies are handled as in ``HTTPClient``. Two threads do all the work, one for calls and
/// one for streams. Each starts with the first request of its kind; ``shutDown()`` ends them.
package final class HTTPConnections: Sendable {
    private enum Kind {
        case calls
        case streams
    }

    private struct Threads {
        var running: [Kind: TransferThread] = [:]
        var isShutDown = false
    }

    private let limits: HTTPLimits
    private let mostConnections: Int
    private let keptSeconds: Int
    private let threads = Mutex(Threads())

    /// - Parameters:
    ///   - connectTimeoutSeconds: Time limit for resolving the host, connecting and TLS.
    ///   - responseLimitBytes: The maximum size in bytes of a response's body, even if it is streamed, and also of its
    ///     headers.
    ///   - mostConnections: The maximum number of concurrent connections, counted separately for calls and for streams;
    ///     further requests wait for a connection until they time out.
    ///   - keptSeconds: How long an idle connection is kept for the next request. A gateway on the path may drop it
    ///     before the server does; AWS's gateways do so after 350 s.
    ///   - certificateBundle: A file of certificates to use instead of the system's: AWS_CA_BUNDLE.
    ///   - usesProxy: False for requests that must not leave the machine.
    package init(
        connectTimeoutSeconds: Double = 5,
        responseLimitBytes: Int = 32 << 20,
        mostConnections: Int = 512,
        keptSeconds: Int = 118,
        certificateBundle: String? = nil,
        usesProxy: Bool = true
    ) {
        limits = HTTPLimits(
            connectTimeoutMilliseconds: HTTPLimits.milliseconds(connectTimeoutSeconds),
            timeoutMilliseconds: 0,
            responseBytes: responseLimitBytes,
            certificateBundle: certificateBundle,
            usesProxy: usesProxy
        )
        self.mostConnections = max(1, mostConnections)
        self.keptSeconds = max(1, keptSeconds)
    }

    deinit {
        shutDown()
    }

    /// Sends a request and returns the server's response, whatever its status.
    ///
    /// Throws if there is no response in time, or if the task is cancelled.
    ///
    /// - Parameters:
    ///   - timeoutSeconds: Time limit for the whole call.
    ///   - idleTimeoutSeconds: The longest time without a byte of the response, also before its first; nil means no
    ///     limit.
    package func send(
        _ request: HTTPRequest,
        timeoutSeconds: Double,
        idleTimeoutSeconds: Double? = nil
    ) async throws(HTTPError) -> HTTPResponse {
        try request.checkHeaders()
        let handle = TransferHandle(ticket: TransferTicket(), thread: try thread(.calls, request))
        let limits = limits.with(timeoutSeconds: timeoutSeconds)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { answer in
                handle.start(request, limits, idleTimeoutSeconds, .whole(answer))
            }
        } onCancel: {
            handle.cancel()
        }
        return try result.get()
    }

    /// Sends a request whose response arrives in pieces; returns once its status and headers have arrived.
    ///
    /// - Parameters:
    ///   - timeoutSeconds: Time limit for the whole stream, until the last byte of the response.
    ///   - idleTimeoutSeconds: The longest time without a byte of the response, also before its first; nil means no
    ///     limit. The time in which the reader takes nothing does not count.
    package func open(
        _ request: HTTPRequest,
        timeoutSeconds: Double,
        idleTimeoutSeconds: Double? = nil
    ) async throws(HTTPError) -> HTTPStream {
        try request.checkHeaders()
        let handle = TransferHandle(ticket: TransferTicket(), thread: try thread(.streams, request))
        let limits = limits.with(timeoutSeconds: timeoutSeconds)
        let pieces = HTTPPieces()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { head in
                handle.start(request, limits, idleTimeoutSeconds, .pieces(pieces, head: head))
            }
        } onCancel: {
            handle.cancel()
        }
        return HTTPStream(try result.get(), pieces, handle)
    }

    /// Ends all requests in flight with an error and waits for the threads to end; later requests fail.
    package func shutDown() {
        let threads = threads.withLock { threads in
            defer { threads = Threads(isShutDown: true) }
            return threads
        }
        for thread in threads.running.values { thread.stop() }
    }

    private func thread(_ kind: Kind, _ request: HTTPRequest) throws(HTTPError) -> TransferThread {
        let settings = TransferMachine.Settings(
            multiplexes: kind == .calls,
            mostConnections: mostConnections,
            keptSeconds: keptSeconds
        )
        let result = threads.withLock { threads -> Result<TransferThread, HTTPError> in
            if threads.isShutDown { return .failure(.shutDown(request.url.host)) }
            if let thread = threads.running[kind] { return .success(thread) }
            return Result { () throws(HTTPError) in
                let thread = try TransferThread(settings)
                threads.running[kind] = thread
                return thread
            }
        }
        return try result.get()
    }
}

extension TransferHandle {
    fileprivate func start(
        _ request: HTTPRequest,
        _ limits: HTTPLimits,
        _ idleTimeoutSeconds: Double?,
        _ receiver: TransferOrder.Receiver
    ) {
        let order = TransferOrder(
            ticket: ticket,
            request: request,
            limits: limits,
            idleTimeout: idleTimeoutSeconds.map { .milliseconds(HTTPLimits.milliseconds($0)) },
            receiver: receiver
        )
        if !thread.send(.start(order)) { order.fail(.shutDown(request.url.host)) }
    }
}

extension HTTPLimits {
    fileprivate func with(timeoutSeconds: Double) -> HTTPLimits {
        var limits = self
        limits.timeoutMilliseconds = Self.milliseconds(timeoutSeconds)
        return limits
    }
}

extension HTTPError {
    static func shutDown(_ host: String) -> HTTPError {
        HTTPError(host: host, reason: .cancelled, detail: "the connections were shut down", wasSent: false)
    }
}
