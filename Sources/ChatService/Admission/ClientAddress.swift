/// The address of a request's client, as far as the intermediate proxies can be trusted.
package struct ClientAddress: Sendable, Equatable {
    /// The known address that is nearest to the client; nil for a Unix socket.
    package let address: IPAddress?
    /// Whether `address` is the client's own rather than that of a proxy whose entry for the client cannot be read or is
    /// not trusted.
    package let isClients: Bool
    /// Whether a proxy that is not trusted says that it forwards the request.
    package let isThroughUntrustedProxy: Bool

    /// Takes the rightmost address in X-Forwarded-For that is not itself a trusted proxy: everything to the left of it
    /// was written by the client. The header is ignored unless it comes from a trusted proxy.
    ///
    /// - Parameters:
    ///   - peer: The other end of the connection.
    ///   - forwardedFor: The values of all X-Forwarded-For headers, in order.
    ///   - hasForwarded: Whether there is a Forwarded header (RFC 7239) or another one of a proxy, which are not read.
    package init(peer: IPAddress?, forwardedFor: [String], hasForwarded: Bool = false, trusted: [AddressRange]) {
        var client = peer
        var isClients = true
        let isTrusted = peer.map { trusted.contains($0) } ?? false
        if isTrusted {
            for hop in forwardedFor.flatMap({ $0.split(separator: ",") }).reversed() {
                guard let address = IPAddress(hop: hop) else {
                    isClients = false
                    break
                }
                client = address
                if !trusted.contains(address) { break }
            }
        }
        address = client
        isThroughUntrustedProxy = !isTrusted && (hasForwarded || !forwardedFor.isEmpty)
        self.isClients = isClients && !isThroughUntrustedProxy
    }
}

extension IPAddress {
    /// Reads an address as proxies write it, with or without the client's port; nil for anything else.
    fileprivate init?(hop: Substring) {
        let text = hop.trimmingPrefix { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        let isBracketed = text.hasPrefix("[")
        // A port follows a closing bracket, or the only colon.
        guard let colon = text.lastIndex(of: ":"),
            isBracketed ? text[..<colon].hasSuffix("]") : text.firstIndex(of: ":") == colon
        else {
            self.init(String(text))
            return
        }
        guard UInt16(text[text.index(after: colon)...]) != nil else { return nil }
        self.init(String(text[..<colon]))
    }
}
