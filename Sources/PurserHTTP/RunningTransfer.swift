import CCurl

/// A request in flight with its easy handle; used only by the thread that drives libcurl.
final class RunningTransfer {
    let curl: UnsafeMutableRawPointer
    let order: TransferOrder
    /// When the whole transfer times out.
    var deadline: ContinuousClock.Instant?
    /// When a byte last arrived, or when the transfer was started or resumed; nil while it is paused, because then the
    /// reader is slow and not the server.
    private var lastByte: ContinuousClock.Instant? = .now
    private let headerList: UnsafeMutablePointer<curl_slist>?
    private let message: UnsafeMutableBufferPointer<CChar>
    private var head: AnswerHeaders
    private var body: [UInt8] = []
    private var byteCount = 0
    private var isBodyTooLong = false
    private var isHeadGiven = false
    /// Whether the request was passed to a connection.
    private var isSent = false
    private var isSendingRefused = false

    /// Takes over the handle; ``finish(_:)`` gives it back.
    init(_ curl: UnsafeMutableRawPointer, _ order: TransferOrder) throws(HTTPError) {
        self.curl = curl
        self.order = order
        headerList = try CurlOptions.headerList(order.request)
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0)
        head = AnswerHeaders(limitBytes: order.limits.responseBytes)
    }

    deinit {
        curl_slist_free_all(headerList)
        message.deallocate()
    }

    /// Sets all options; returns nil, or the code of the first option that libcurl refused.
    func setOptions(_ settings: TransferMachine.Settings) -> CURLcode? {
        let options = CurlOptions(curl: curl)
        let target = Unmanaged.passUnretained(self).toOpaque()
        return options.setLimits(order.limits)
            ?? options.setRequest(order.request, headers: headerList)
            ?? options.setReceivers(
                target,
                header: { bytes, size, count, target in
                    RunningTransfer.at(target)?.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
                        ?? 0
                },
                body: { bytes, size, count, target in
                    RunningTransfer.at(target)?.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
                },
                message: message.baseAddress
            )
            ?? options.first([
                purser_curl_set_prerequest(curl) { target, _, _, _, _ in
                    RunningTransfer.at(target)?.maySend() == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
                },
                purser_curl_set_pointer(curl, CURLOPT_PREREQDATA, target),
                purser_curl_set_long(
                    curl,
                    CURLOPT_HTTP_VERSION,
                    settings.multiplexes ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
                ),
                // Wait for a connection that is being opened rather than open one for each of many calls. Without TLS
                // there is no HTTP/2 to wait for, and libcurl would learn that only from the first response.
                purser_curl_set_long(
                    curl,
                    CURLOPT_PIPEWAIT,
                    settings.multiplexes && order.request.url.scheme == "https" ? 1 : 0
                ),
                // A model's answer takes minutes, during which a gateway on the path may drop the connection.
                purser_curl_set_long(curl, CURLOPT_TCP_KEEPALIVE, 1),
                purser_curl_set_long(curl, CURLOPT_MAXAGE_CONN, settings.keptSeconds),
            ])
    }

    /// Returns whether the transfer has taken too long, in total or since its last byte.
    ///
    /// libcurl's own limit on low speed averages over several seconds, so it is not used.
    func isOverdue(at now: ContinuousClock.Instant) -> Bool {
        if let deadline, deadline < now { return true }
        guard let idle = order.idleTimeout, let lastByte else { return false }
        return now - lastByte > idle
    }

    /// Starts the time without a byte anew, because the reader has taken what was kept for it.
    func resume() {
        lastByte = .now
        curl_easy_pause(curl, CURLPAUSE_CONT)
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> RunningTransfer? {
        pointer.map { Unmanaged<RunningTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Returns whether libcurl may send the request; libcurl asks before the first attempt and before any retry.
    private func maySend() -> Bool {
        isSendingRefused = isSent
        isSent = true
        return !isSendingRefused
    }

    /// Adds one line; returns the number of bytes taken, or 0 to end the request.
    private func takeHeader(_ line: UnsafeRawBufferPointer) -> Int {
        guard head.take(line) else { return 0 }
        lastByte = .now
        if head.isComplete, !isHeadGiven, case .pieces(_, let answer) = order.receiver {
            isHeadGiven = true
            answer.resume(returning: .success(HTTPResponse(status: head.status, headers: head.headers)))
        }
        return line.count
    }

    /// Adds a piece of the body; returns the number of bytes taken, the signal to pause, or another number to end the
    /// request.
    private func takeBody(_ piece: UnsafeRawBufferPointer) -> Int {
        guard byteCount + piece.count <= order.limits.responseBytes else {
            isBodyTooLong = true
            return piece.isEmpty ? 1 : 0
        }
        switch order.receiver {
        case .whole: body += piece
        case .pieces(let pieces, _):
            guard piece.isEmpty || pieces.take(piece) else {
                lastByte = nil
                return Int(CURL_WRITEFUNC_PAUSE)
            }
        }
        lastByte = .now
        byteCount += piece.count
        return piece.count
    }

    /// Delivers the response or the error.
    func finish(_ code: CURLcode) {
        let host = order.request.url.host
        if isBodyTooLong || head.isTooLong {
            return fail(HTTPError(host: host, reason: .answerTooLong(limitBytes: order.limits.responseBytes)))
        }
        if isSendingRefused {
            let detail = "a kept connection ended without a response, and the request is not sent a second time"
            return fail(HTTPError(host: host, reason: .connectionLost, detail: detail))
        }
        guard code == CURLE_OK else {
            let error = HTTPError(host: host, code: code, message: UnsafeBufferPointer(message))
            return fail(HTTPError(host: host, reason: error.reason, detail: error.detail, wasSent: isSent))
        }
        switch order.receiver {
        case .whole(let answer):
            answer.resume(returning: .success(HTTPResponse(status: head.status, headers: head.headers, body: body)))
        case .pieces(let pieces, let answer):
            pieces.end(nil)
            guard !isHeadGiven else { return }
            isHeadGiven = true
            answer.resume(returning: .success(HTTPResponse(status: head.status, headers: head.headers)))
        }
    }

    /// Ends the transfer without a result from libcurl.
    func cancel(_ detail: String) {
        let host = order.request.url.host
        fail(HTTPError(host: host, reason: .cancelled, detail: detail, wasSent: isSent))
    }

    private func fail(_ error: HTTPError) {
        guard isHeadGiven, case .pieces(let pieces, _) = order.receiver else { return order.fail(error) }
        pieces.end(error)
    }
}
