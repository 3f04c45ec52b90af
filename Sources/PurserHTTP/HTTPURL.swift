import CCurl

/// An address with the scheme `http` or `https`, validated when it is created, so later code never sees an invalid one.
package struct HTTPURL: Sendable, Equatable {
    /// The address as it was given.
    package let text: String
    /// `http` or `https`.
    package let scheme: String
    /// The host alone; an IPv6 address keeps its brackets.
    package let host: String
    /// The port; nil if the address has none.
    package let port: Int?
    /// The percent-encoded path, at least `/`; a `.`, `..` or doubled slash stays as written.
    package let path: String
    /// The percent-encoded part after the `?`; nil if there is none.
    package let query: String?

    /// The host and port as in a `Host` header, without the scheme's default port.
    package var authority: String {
        guard let port, port != (scheme == "http" ? 80 : 443) else { return host }
        return host + ":" + String(port)
    }

    /// Parses an address; throws an error that says what is wrong if it is not a complete `http` or `https` URL.
    ///
    /// Spaces and characters outside ASCII must be percent-encoded. A user name or password in the address is rejected,
    /// because addresses are logged.
    package init(_ text: String) throws(HTTPURLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .notEncoded }
        guard let scheme = ["http", "https"].first(where: { text.lowercased().hasPrefix($0 + "://") }) else {
            throw .scheme
        }
        // libcurl would take the first part of the path for the host.
        guard text.utf8.dropFirst(scheme.utf8.count + 3).first != UInt8(ascii: "/") else { throw .noHost }
        // Use the transport's own parser, so that the address that is signed is the one that is connected to.
        guard let handle = curl_url() else { throw .malformed("no memory") }
        defer { curl_url_cleanup(handle) }
        let result = curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_PATH_AS_IS))
        guard result != CURLUE_NO_HOST else { throw .noHost }
        guard result == CURLUE_OK else { throw .malformed(String(cString: curl_url_strerror(result))) }
        func part(_ part: CURLUPart) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &value, 0) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else { throw .userInformation }
        guard let host = part(CURLUPART_HOST), !host.isEmpty else { throw .noHost }
        self.text = text
        self.scheme = scheme
        self.host = host
        self.port = part(CURLUPART_PORT).flatMap { Int($0) }
        self.path = part(CURLUPART_PATH) ?? "/"
        self.query = part(CURLUPART_QUERY)
    }
}

/// Why a text is not an address that a request can be sent to.
package enum HTTPURLError: Error, Equatable, CustomStringConvertible {
    case scheme
    case noHost
    case notEncoded
    case userInformation
    /// With libcurl's message.
    case malformed(String)

    package var description: String {
        switch self {
        case .scheme: "the URL must begin with http:// or https://"
        case .noHost: "the URL has no host"
        case .notEncoded: "the URL contains a space or a character that must be percent-encoded"
        case .userInformation: "the URL must not contain a user name or a password"
        case .malformed(let why): "the URL is malformed: \(why)"
        }
    }
}
