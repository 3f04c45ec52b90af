import CCurl

/// An address with scheme `http` or `https`, checked when it is made, so that nothing after it can meet a bad one.
public struct HTTPURL: Sendable, Equatable {
    /// The address as it was given.
    public let text: String
    /// `http` or `https`.
    public let scheme: String
    /// The host alone, an IPv6 address in its brackets.
    public let host: String
    /// The port; nil where the address names none.
    public let port: Int?
    /// The path in its percent encoding, at least `/`; a `.`, `..` or doubled slash stays as it was written.
    public let path: String
    /// What stands after the `?`, in its percent encoding; nil without one.
    public let query: String?

    /// The host with its port, as a `Host` header has it: without the scheme's own port.
    public var authority: String {
        guard let port, port != (scheme == "http" ? 80 : 443) else { return host }
        return host + ":" + String(port)
    }

    /// Reads an address; throws with what is wrong where it is no complete `http` or `https` URL.
    ///
    /// Characters outside ASCII and spaces must be percent-encoded. A user name or password in the address is refused,
    /// because addresses are logged.
    public init(_ text: String) throws(HTTPURLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .notEncoded }
        guard let scheme = ["http", "https"].first(where: { text.lowercased().hasPrefix($0 + "://") }) else {
            throw .scheme
        }
        // libcurl would take the first part of the path for the host.
        guard text.utf8.dropFirst(scheme.utf8.count + 3).first != UInt8(ascii: "/") else { throw .noHost }
        // The transport's own reader, so that what is signed and what is connected to are the same.
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

/// Why a text is no address to send a request to.
public enum HTTPURLError: Error, Equatable, CustomStringConvertible {
    case scheme
    case noHost
    case notEncoded
    case userInformation
    /// With libcurl's words.
    case malformed(String)

    public var description: String {
        switch self {
        case .scheme: "the URL must begin with http:// or https://"
        case .noHost: "the URL names no host"
        case .notEncoded: "the URL holds a space or a character that must be percent-encoded"
        case .userInformation: "the URL must not hold a user name or a password"
        case .malformed(let why): "the URL is malformed: \(why)"
        }
    }
}
