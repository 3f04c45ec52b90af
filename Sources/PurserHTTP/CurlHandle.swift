import CCurl

/// A libcurl easy handle for one request.
struct CurlHandle: ~Copyable {
    private let curl: UnsafeMutableRawPointer

    /// - Parameter host: Named in the error.
    init(host: String) throws(HTTPError) {
        guard CurlOptions.isLibraryReady, let curl = curl_easy_init() else {
            throw HTTPError(host: host, reason: .failed, detail: "libcurl could not be started")
        }
        self.curl = curl
    }

    deinit {
        curl_easy_cleanup(curl)
    }

    /// Sends the request, whose headers must not contain a line break, and releases the handle.
    consuming func perform(_ request: HTTPRequest, _ limits: HTTPLimits) throws(HTTPError) -> HTTPResponse {
        // The options point into this call's memory, which the handle outlives briefly.
        defer { curl_easy_reset(curl) }
        let headers = try CurlOptions.headerList(request)
        defer { curl_slist_free_all(headers) }
        let answer = AnswerCollector(limitBytes: limits.responseBytes)
        let options = CurlOptions(curl: curl)
        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = message.withUnsafeMutableBufferPointer { message in
            withExtendedLifetime(answer) {
                options.setLimits(limits)
                    ?? options.setRequest(request, headers: headers)
                    ?? setReceivers(answer, message: message.baseAddress)
                    ?? curl_easy_perform(curl)
            }
        }
        if answer.isTooLong {
            throw HTTPError(host: request.url.host, reason: .answerTooLong(limitBytes: limits.responseBytes))
        }
        guard code == CURLE_OK else {
            throw message.withUnsafeBufferPointer { HTTPError(host: request.url.host, code: code, message: $0) }
        }
        return HTTPResponse(status: answer.head.status, headers: answer.head.headers, body: answer.body)
    }

    private func setReceivers(_ answer: AnswerCollector, message: UnsafeMutablePointer<CChar>?) -> CURLcode? {
        CurlOptions(curl: curl).setReceivers(
            Unmanaged.passUnretained(answer).toOpaque(),
            header: { bytes, size, count, target in AnswerCollector.at(target)?.takeHeader(bytes, size * count) ?? 0 },
            body: { bytes, size, count, target in AnswerCollector.at(target)?.takeBody(bytes, size * count) ?? 0 },
            message: message
        )
    }
}

/// Collects a response from libcurl's callbacks, up to a limit.
private final class AnswerCollector {
    private(set) var head: AnswerHeaders
    private(set) var body: [UInt8] = []
    private var isBodyTooLong = false
    private let limitBytes: Int

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
        head = AnswerHeaders(limitBytes: limitBytes)
    }

    var isTooLong: Bool {
        isBodyTooLong || head.isTooLong
    }

    static func at(_ pointer: UnsafeMutableRawPointer?) -> AnswerCollector? {
        pointer.map { Unmanaged<AnswerCollector>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Adds one line; returns the number of bytes taken, or 0 to end the request.
    func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        head.take(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }

    /// Adds a piece of the body; returns the number of bytes taken, or another number to end the request.
    func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard body.count + count <= limitBytes else {
            isBodyTooLong = true
            return count == 0 ? 1 : 0
        }
        body += UnsafeRawBufferPointer(start: bytes, count: count)
        return count
    }
}
