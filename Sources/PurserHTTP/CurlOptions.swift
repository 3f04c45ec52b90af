import CCurl

/// Sets a request and its limits on a libcurl easy handle.
///
/// Its functions return nil, or the code of the first option that libcurl refused.
struct CurlOptions {
    let curl: UnsafeMutableRawPointer

    /// Swift runs this once per process, on whichever thread needs it first.
    static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Returns the lines of the request's headers, which must be freed with `curl_slist_free_all`.
    static func headerList(_ request: HTTPRequest) throws(HTTPError) -> UnsafeMutablePointer<curl_slist>? {
        // A name followed by a semicolon sends an empty header; a name followed only by a colon keeps libcurl from
        // adding the header.
        var lines = request.headers.map { $0.value.isEmpty ? $0.name + ";" : $0.name + ": " + $0.value }
        if !request.headers.contains(where: { $0.lowercasedName == "content-type" }) {
            lines.append("Content-Type:")
        }
        // Waiting for "100 Continue" costs a second with servers that do not support it.
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

    func setLimits(_ limits: HTTPLimits) -> CURLcode? {
        let options: [(CURLoption, Int)] = [
            (CURLOPT_CONNECTTIMEOUT_MS, limits.connectTimeoutMilliseconds),
            (CURLOPT_TIMEOUT_MS, limits.timeoutMilliseconds),
            (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2),
            // Signals would reach whichever thread happens to be running.
            (CURLOPT_NOSIGNAL, 1),
            // The path was signed as it is written.
            (CURLOPT_PATH_AS_IS, 1),
            // A proxy's response to CONNECT is not part of the server's headers.
            (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
        ]
        for option in options {
            let code = purser_curl_set_long(curl, option.0, option.1)
            guard code == CURLE_OK else { return code }
        }
        if let bundle = limits.certificateBundle {
            let code = purser_curl_set_string(curl, CURLOPT_CAINFO, bundle)
            guard code == CURLE_OK else { return code }
        }
        return limits.usesProxy ? nil : first([purser_curl_set_string(curl, CURLOPT_NOPROXY, "*")])
    }

    /// libcurl keeps a copy of the body; the header list must live as long as the request.
    func setRequest(_ request: HTTPRequest, headers: UnsafeMutablePointer<curl_slist>?) -> CURLcode? {
        var codes = [
            purser_curl_set_string(curl, CURLOPT_URL, request.url.text),
            purser_curl_set_list(curl, CURLOPT_HTTPHEADER, headers),
        ]
        if request.method == "HEAD" {
            codes.append(purser_curl_set_long(curl, CURLOPT_NOBODY, 1))
        } else if request.method != "GET" || !request.body.isEmpty {
            codes += [
                purser_curl_set_long(curl, CURLOPT_POST, 1),
                purser_curl_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)),
                // Without a pointer, libcurl would read the body from standard input.
                request.body.isEmpty
                    ? purser_curl_set_string(curl, CURLOPT_COPYPOSTFIELDS, "")
                    : request.body.withUnsafeBytes {
                        purser_curl_set_pointer(
                            curl,
                            CURLOPT_COPYPOSTFIELDS,
                            UnsafeMutableRawPointer(mutating: $0.baseAddress)
                        )
                    },
                purser_curl_set_string(curl, CURLOPT_CUSTOMREQUEST, request.method),
            ]
        }
        return first(codes)
    }

    /// - Parameters:
    ///   - target: Passed to both callbacks.
    ///   - message: CURL_ERROR_SIZE bytes, which must live as long as the request.
    func setReceivers(
        _ target: UnsafeMutableRawPointer,
        header: curl_write_callback,
        body: curl_write_callback,
        message: UnsafeMutablePointer<CChar>?
    ) -> CURLcode? {
        first([
            purser_curl_set_pointer(curl, CURLOPT_ERRORBUFFER, message),
            purser_curl_set_write(curl, CURLOPT_HEADERFUNCTION, header),
            purser_curl_set_pointer(curl, CURLOPT_HEADERDATA, target),
            purser_curl_set_write(curl, CURLOPT_WRITEFUNCTION, body),
            purser_curl_set_pointer(curl, CURLOPT_WRITEDATA, target),
        ])
    }

    func first(_ codes: some Sequence<CURLcode>) -> CURLcode? {
        codes.first { $0 != CURLE_OK }
    }
}

extension HTTPError {
    /// - Parameter message: libcurl's message, which may be empty.
    init(host: String, code: CURLcode, message: UnsafeBufferPointer<CChar>) {
        let own = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let detail = own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
        self.init(host: host, reason: Reason(code), detail: detail)
    }
}
