import CCurl

/// libcurl's easy handle, for one request.
struct CurlHandle: ~Copyable {
    /// Swift runs it once in a process, whichever thread comes first.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let curl: UnsafeMutableRawPointer

    /// - Parameter host: Named in the error.
    init(host: String) throws(HTTPError) {
        guard Self.isLibraryReady, let curl = curl_easy_init() else {
            throw HTTPError(host: host, reason: .failed, detail: "libcurl could not be started")
        }
        self.curl = curl
    }

    deinit {
        curl_easy_cleanup(curl)
    }

    /// Sends the request, whose headers hold no line break, and ends the handle.
    consuming func perform(_ request: HTTPRequest, _ limits: HTTPLimits) throws(HTTPError) -> HTTPResponse {
        // The options point into this call's memory, which the handle outlives by a little.
        defer { curl_easy_reset(curl) }
        var headers = try headerList(request)
        defer { curl_slist_free_all(headers) }
        let answer = AnswerCollector(limitBytes: limits.responseBytes)
        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = message.withUnsafeMutableBufferPointer { message in
            request.body.withUnsafeBytes { body in
                withExtendedLifetime(answer) {
                    setLimits(limits)
                        ?? setRequest(request, body: body, headers: &headers)
                        ?? setReceivers(answer, message: message)
                        ?? curl_easy_perform(curl)
                }
            }
        }
        if answer.isTooLong {
            throw HTTPError(host: request.url.host, reason: .answerTooLong(limitBytes: limits.responseBytes))
        }
        guard code == CURLE_OK else {
            let own = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let detail = own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
            throw HTTPError(host: request.url.host, reason: HTTPError.Reason(code), detail: detail)
        }
        var status = 0
        _ = purser_curl_get_long(curl, CURLINFO_RESPONSE_CODE, &status)
        return HTTPResponse(status: status, headers: answer.headers, body: answer.body)
    }

    private func headerList(_ request: HTTPRequest) throws(HTTPError) -> UnsafeMutablePointer<curl_slist>? {
        // A name with a semicolon sends the header empty, a name with a colon alone keeps libcurl from adding it.
        var lines = request.headers.map { $0.value.isEmpty ? $0.name + ";" : $0.name + ": " + $0.value }
        if !request.headers.contains(where: { $0.lowercasedName == "content-type" }) {
            lines.append("Content-Type:")
        }
        // Waiting for "100 Continue" costs a second at servers that do not know it.
        lines.append("Expect:")
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                throw HTTPError(host: request.url.host, reason: .failed, detail: "no memory for the headers")
            }
            list = longer
        }
        return list
    }

    /// Nil, or the code of the first option that libcurl refused; so are the two below.
    private func setLimits(_ limits: HTTPLimits) -> CURLcode? {
        let options: [(CURLoption, Int)] = [
            (CURLOPT_CONNECTTIMEOUT_MS, limits.connectTimeoutMilliseconds),
            (CURLOPT_TIMEOUT_MS, limits.timeoutMilliseconds),
            (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2),
            // Signals would reach whichever thread happens to run.
            (CURLOPT_NOSIGNAL, 1),
            // The path was signed as it is written.
            (CURLOPT_PATH_AS_IS, 1),
            // What a proxy says to CONNECT is not the server's header.
            (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
        ]
        var codes = options.map { purser_curl_set_long(curl, $0.0, $0.1) }
        if let bundle = limits.certificateBundle { codes.append(purser_curl_set_string(curl, CURLOPT_CAINFO, bundle)) }
        if !limits.usesProxy { codes.append(purser_curl_set_string(curl, CURLOPT_NOPROXY, "*")) }
        return first(codes)
    }

    private func setRequest(
        _ request: HTTPRequest,
        body: UnsafeRawBufferPointer,
        headers: inout UnsafeMutablePointer<curl_slist>?
    ) -> CURLcode? {
        var codes = [
            purser_curl_set_string(curl, CURLOPT_URL, request.url.text),
            purser_curl_set_list(curl, CURLOPT_HTTPHEADER, headers),
        ]
        if request.method == "HEAD" {
            codes.append(purser_curl_set_long(curl, CURLOPT_NOBODY, 1))
        } else if request.method != "GET" || !body.isEmpty {
            codes += [
                purser_curl_set_long(curl, CURLOPT_POST, 1),
                purser_curl_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)),
                // With no pointer at all libcurl would read the body from the standard input.
                body.isEmpty
                    ? purser_curl_set_string(curl, CURLOPT_COPYPOSTFIELDS, "")
                    : purser_curl_set_pointer(
                        curl,
                        CURLOPT_POSTFIELDS,
                        UnsafeMutableRawPointer(mutating: body.baseAddress)
                    ),
                purser_curl_set_string(curl, CURLOPT_CUSTOMREQUEST, request.method),
            ]
        }
        return first(codes)
    }

    private func setReceivers(_ answer: AnswerCollector, message: UnsafeMutableBufferPointer<CChar>) -> CURLcode? {
        let target = Unmanaged.passUnretained(answer).toOpaque()
        let takeHeader: curl_write_callback = { bytes, size, count, target in
            AnswerCollector.at(target)?.takeHeader(bytes, size * count) ?? 0
        }
        let takeBody: curl_write_callback = { bytes, size, count, target in
            AnswerCollector.at(target)?.takeBody(bytes, size * count) ?? 0
        }
        return first([
            purser_curl_set_pointer(curl, CURLOPT_ERRORBUFFER, message.baseAddress),
            purser_curl_set_write(curl, CURLOPT_HEADERFUNCTION, takeHeader),
            purser_curl_set_pointer(curl, CURLOPT_HEADERDATA, target),
            purser_curl_set_write(curl, CURLOPT_WRITEFUNCTION, takeBody),
            purser_curl_set_pointer(curl, CURLOPT_WRITEDATA, target),
        ])
    }

    private func first(_ codes: some Sequence<CURLcode>) -> CURLcode? {
        codes.first { $0 != CURLE_OK }
    }
}

/// Collects an answer from libcurl's callbacks, up to a limit.
private final class AnswerCollector {
    private(set) var headers: [HTTPHeader] = []
    private(set) var body: [UInt8] = []
    private(set) var isTooLong = false
    private let limitBytes: Int
    private var headerBytes = 0

    init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    static func at(_ pointer: UnsafeMutableRawPointer?) -> AnswerCollector? {
        pointer.map { Unmanaged<AnswerCollector>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Takes one line; the count taken, or 0, which ends the request.
    func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let line = text(bytes, count)
        headerBytes += count
        guard headerBytes <= limitBytes else {
            isTooLong = true
            return 0
        }
        if line.hasPrefix("HTTP/") {
            // An interim answer (1xx) came before this one.
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0.isWhitespace }
            let end = value.lastIndex { !$0.isWhitespace }
            headers.append(HTTPHeader(String(line[..<colon]), end.map { String(value[...$0]) } ?? ""))
        }
        return count
    }

    /// Takes a piece of the body; the count taken, or one that differs, which ends the request.
    func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard body.count + count <= limitBytes else {
            isTooLong = true
            return count == 0 ? 1 : 0
        }
        body += UnsafeRawBufferPointer(start: bytes, count: count)
        return count
    }

    private func text(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
